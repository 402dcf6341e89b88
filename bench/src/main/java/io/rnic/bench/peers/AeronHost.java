package io.rnic.bench.peers;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.Resources;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.IoUtil;
import org.agrona.concurrent.AgentInvoker;

/**
 * An embedded media driver and its client, as they are fastest with two cores: no threads of their own, the thread that
 * sends runs their duties now and then ({@link #work}); buffers touched beforehand, in memory where there is such a
 * folder. The folder is deleted at the end, also by Ctrl-C.
 */
final class AeronHost implements AutoCloseable {
    /** How the folder's name begins; the number of this process follows. */
    static final String FOLDER_PREFIX = "rnic-aeron-";

    private static final Pattern FOLDER = Pattern.compile(FOLDER_PREFIX + "([0-9]{1,18})-[0-9]+");
    /** No run takes that long. */
    private static final long ABANDONED_MS = TimeUnit.HOURS.toMillis(2);
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Path THIS_PROCESS = Path.of("/proc/self");
    /** More than all streams and the driver's own files take. */
    private static final long NEEDED_BYTES = 128L << 20;

    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    /** Longer than any run: nobody runs the duties while others are measured. */
    private static final long LIVENESS_NS = TimeUnit.HOURS.toNanos(1);

    private final Resources resources = new Resources();
    private final File folder;
    private final Aeron aeron;
    private final AgentInvoker driverDuties;
    private final AgentInvoker clientDuties;
    private final Thread remover;

    AeronHost() {
        folder = newFolder();
        remover = new Thread(() -> IoUtil.delete(folder, true), "rnic-aeron-folder");
        Runtime.getRuntime().addShutdownHook(remover);
        try {
            final MediaDriver driver = resources.add(MediaDriver.launch(driverContext()));
            driverDuties = driver.sharedAgentInvoker();
            aeron = resources.add(Aeron.connect(new Aeron.Context().aeronDirectoryName(folder.getPath())
                .useConductorAgentInvoker(true).driverAgentInvoker(driverDuties)
                .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(LIVENESS_NS))));
            clientDuties = aeron.conductorAgentInvoker();
        } catch (final RuntimeException e) {
            resources.closeAfter(e);
            removeFolder();
            throw e;
        }
    }

    private static File newFolder() {
        try {
            final String prefix = FOLDER_PREFIX + ProcessHandle.current().pid() + "-";
            // First: what they hold may be what is lacking.
            removeAbandoned(SHARED_MEMORY, System.currentTimeMillis() - ABANDONED_MS);
            final boolean inMemory = Files.isWritable(SHARED_MEMORY)
                && Files.getFileStore(SHARED_MEMORY).getUsableSpace() > NEEDED_BYTES;
            return (inMemory ? Files.createTempDirectory(SHARED_MEMORY, prefix)
                : Files.createTempDirectory(prefix)).toFile();
        } catch (final IOException e) {
            throw new ExperimentException("no temporary folder for Aeron", e);
        }
    }

    /** The same of this process's user, where there is such a folder; Linux, like the folder, says whose it is. */
    private static void removeAbandoned(final Path parent, final long beforeMs) throws IOException {
        if (Files.isDirectory(parent) && Files.exists(THIS_PROCESS)) {
            removeAbandoned(parent, Files.getOwner(THIS_PROCESS), beforeMs);
        }
    }

    /**
     * Removes what processes have left in a folder that were killed. A process that is not seen from here, in another
     * container with the same folder, is not robbed of what it has just made; what somebody else has put there is left
     * alone, and a link, which may lead anywhere.
     *
     * @param owner    whose folders they must be
     * @param beforeMs milliseconds since 1970: what is younger stays
     */
    static void removeAbandoned(final Path parent, final UserPrincipal owner, final long beforeMs) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, FOLDER_PREFIX + "*")) {
            for (final Path folder : folders) {
                if (isAbandoned(folder, owner, beforeMs)) {
                    IoUtil.delete(folder.toFile(), true);
                }
            }
        }
    }

    private static boolean isAbandoned(final Path folder, final UserPrincipal owner, final long beforeMs) {
        final Matcher name = FOLDER.matcher(folder.getFileName().toString());
        try {
            return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
                && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(owner)
                && Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toMillis() < beforeMs;
        } catch (final IOException e) {
            return false; // somebody else has just removed it
        }
    }

    private MediaDriver.Context driverContext() {
        return new MediaDriver.Context().aeronDirectoryName(folder.getPath()).dirDeleteOnStart(true)
            .threadingMode(ThreadingMode.INVOKER).termBufferSparseFile(false)
            .clientLivenessTimeoutNs(LIVENESS_NS).publicationUnblockTimeoutNs(2 * LIVENESS_NS);
    }

    /** One stream of messages between two threads of this process. */
    record Stream(ExclusivePublication publication, Image image) {
    }

    /**
     * Opens a stream and waits until both ends are connected.
     *
     * @param id        of its own
     * @param termBytes a term: a third of the stream's buffer
     */
    Stream open(final int id, final int termBytes) {
        final String channel = "aeron:ipc?term-length=" + termBytes;
        final Subscription subscription = aeron.addSubscription(channel, id);
        final ExclusivePublication publication = aeron.addExclusivePublication(channel, id);
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (!subscription.isConnected() || !publication.isConnected()) {
            work();
            if (System.nanoTime() - deadlineNs > 0) {
                throw new ExperimentException("Aeron did not connect a stream within 10 s");
            }
        }
        return new Stream(publication, subscription.imageAtIndex(0));
    }

    /** Runs the duties once: above all, lets the sender go on as far as the receiver has come. */
    void work() {
        clientDuties.invoke();
        driverDuties.invoke();
    }

    @Override
    public void close() {
        try {
            resources.close();
        } finally {
            removeFolder();
        }
    }

    private void removeFolder() {
        IoUtil.delete(folder, true);
        try {
            Runtime.getRuntime().removeShutdownHook(remover);
        } catch (final IllegalStateException e) {
            // The JVM is going down: the hook does it too.
        }
    }
}
