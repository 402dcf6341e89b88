/**
 * The kernel front end: the application's side marshals and crosses, the broker checks and posts. Exports nothing: what
 * the kernel knows cannot be reached by an application, which finds the front end as a service.
 */
module io.rnic.kernelnic {
    requires io.rnic.emu;
    requires static org.jspecify;

    provides io.rnic.verbs.spi.RnicProvider with io.rnic.kernel.KernelProvider;
}
