/**
 * The user-level front end: queues and doorbells mapped into the application. Exports nothing: it is found as a
 * service.
 */
module io.rnic.usernic {
    requires io.rnic.emu;
    requires static org.jspecify;

    provides io.rnic.verbs.spi.RnicProvider with io.rnic.user.UserProvider;
}
