/**
 * What an application of rnic sees, whichever front end it runs through: the verbs, registration caching on them, and
 * what its tests may use.
 */
module io.rnic.api {
    requires static org.jspecify;
    // For io.rnic.testing alone.
    requires static org.junit.jupiter.api;
    requires static org.assertj.core;

    exports io.rnic.registration;
    exports io.rnic.registration.policy;
    exports io.rnic.verbs;
    exports io.rnic.verbs.spi;
    exports io.rnic.testing;

    uses io.rnic.verbs.spi.RnicProvider;
}
