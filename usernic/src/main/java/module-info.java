/** The user-level front end: queues and doorbells mapped into the application. */
module io.rnic.usernic {
    requires io.rnic.emu;
    requires static org.jspecify;
}
