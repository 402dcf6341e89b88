/** The device: an RDMA NIC in software. Seen by the front ends and the bench, never by an application. */
module io.rnic.emu {
    requires transitive io.rnic.api;
    requires org.agrona;
    requires static org.jspecify;

    exports io.rnic.emu.host to io.rnic.usernic, io.rnic.kernelnic, io.rnic.bench;
}
