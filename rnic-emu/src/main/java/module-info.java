/**
 * The device: an RDMA NIC in software. Seen by the front ends and the bench, never by an application: the exports are
 * the protection boundary of a kernel that shares its process with its applications.
 */
module io.rnic.emu {
    requires transitive io.rnic.api;
    requires transitive org.agrona;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.classes.io_uring;
    requires io.netty.transport.unix.common;
    requires static org.jspecify;

    exports io.rnic.emu to io.rnic.usernic, io.rnic.kernelnic, io.rnic.bench;
    exports io.rnic.emu.connection to io.rnic.usernic, io.rnic.kernelnic;
    exports io.rnic.emu.engine to io.rnic.usernic, io.rnic.kernelnic;
    exports io.rnic.emu.host to io.rnic.usernic, io.rnic.kernelnic, io.rnic.bench;
    exports io.rnic.emu.memory to io.rnic.usernic, io.rnic.kernelnic, io.rnic.bench;
    exports io.rnic.emu.queue to io.rnic.usernic, io.rnic.kernelnic, io.rnic.bench;
}
