package io.rnic.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What processes leave that were killed is removed, and nothing else. */
class AeronHostTest {
    private static final long NOW_MS = 1_000_000_000_000L;
    /** More than any system gives. */
    private static final long NO_PROCESS = 999_999_999_999L;

    @TempDir
    private Path parent;

    private Path folder(final String name, final long ageMs) throws IOException {
        final Path folder = Files.createDirectory(parent.resolve(name));
        Files.createFile(folder.resolve("cnc.dat"));
        Files.setLastModifiedTime(folder, FileTime.fromMillis(NOW_MS - ageMs));
        return folder;
    }

    @Test
    void shouldRemoveOldFoldersOfProcessesThatAreGone() throws IOException {
        final Path abandoned = folder(AeronHost.FOLDER_PREFIX + NO_PROCESS + "-1", 2);
        final Path young = folder(AeronHost.FOLDER_PREFIX + NO_PROCESS + "-2", 0);
        final Path alive = folder(AeronHost.FOLDER_PREFIX + ProcessHandle.current().pid() + "-3", 2);
        final Path another = folder("aeron-" + NO_PROCESS + "-4", 2);
        final Path longer = folder(AeronHost.FOLDER_PREFIX + NO_PROCESS + "-5-more", 2);

        final Path target = folder("elsewhere", 2);
        final Path link = Files.createSymbolicLink(
            parent.resolve(AeronHost.FOLDER_PREFIX + NO_PROCESS + "-6"), target);

        AeronHost.removeAbandoned(parent, Files.getOwner(parent), NOW_MS - 1);

        assertThat(abandoned).doesNotExist();
        assertThat(young).exists();
        assertThat(alive).exists();
        assertThat(another).exists();
        assertThat(longer).exists();
        assertThat(link).isSymbolicLink();
        assertThat(target).isNotEmptyDirectory();
    }

    @Test
    void shouldLeaveWhatIsSomebodyElses() throws IOException {
        final Path folder = folder(AeronHost.FOLDER_PREFIX + NO_PROCESS + "-1", 2);

        AeronHost.removeAbandoned(parent, () -> "somebody else", NOW_MS);

        assertThat(folder).isNotEmptyDirectory();
    }
}
