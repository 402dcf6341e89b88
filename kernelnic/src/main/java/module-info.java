/** The kernel front end: the application marshals and crosses, the broker checks and posts. */
module io.rnic.kernelnic {
    requires io.rnic.emu;
    requires static org.jspecify;
}
