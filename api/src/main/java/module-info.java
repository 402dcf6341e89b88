/**
 * What an application of rnic sees, whichever front end it runs through: the verbs, and registration caching on them.
 */
module io.rnic.api {
    requires static org.jspecify;

    exports io.rnic.registration;
    exports io.rnic.registration.policy;
    exports io.rnic.verbs;
    exports io.rnic.verbs.spi;

    uses io.rnic.verbs.spi.RnicProvider;
}
