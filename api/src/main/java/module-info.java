/** The verbs: what an application of rnic sees, whichever front end it runs through. */
module io.rnic.api {
    requires static org.jspecify;

    exports io.rnic.verbs;
    exports io.rnic.verbs.spi;

    uses io.rnic.verbs.spi.RnicProvider;
}
