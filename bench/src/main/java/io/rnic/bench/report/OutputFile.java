package io.rnic.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Where a report goes: a file that appears whole or not at all, or standard output. Whether it can be written is found
 * out before anything is measured.
 */
public final class OutputFile {
    /** The name that stands for standard output. */
    public static final String STANDARD_OUTPUT = "-";

    private final String name;

    private OutputFile(final String name) {
        this.name = name;
    }

    /**
     * Checks that a report can be written there.
     *
     * @param name a path, or {@code -}
     * @throws IOException with a message for people if it cannot
     */
    public static OutputFile check(final String name) throws IOException {
        final OutputFile file = new OutputFile(name);
        if (name.isEmpty()) {
            throw new IOException("is given without a name");
        }
        if (file.isStandardOutput()) {
            return file;
        }
        final Path path = file.path();
        if (Files.isDirectory(path)) {
            throw new IOException("'" + name + "' is a directory");
        }
        if (Files.exists(path) && !Files.isWritable(path)) {
            throw new IOException("'" + name + "' may not be written");
        }
        if (!file.isSpecial()) {
            Files.delete(file.temporary());
        }
        return file;
    }

    /**
     * Asks standard output, behind the last that was printed, whether it has taken everything.
     *
     * @throws IOException with a message for people if it has not
     */
    public static void requireTaken(final PrintStream out) throws IOException {
        if (out.checkError()) {
            throw new IOException("standard output could not be written to: what was to be there is lost"
                + " (is the disk full, or its reader gone?)");
        }
    }

    /** True if the report goes to standard output. */
    public boolean isStandardOutput() {
        return name.equals(STANDARD_OUTPUT);
    }

    /** True if the other is the same file, by whatever name. */
    public boolean isSame(final @Nullable OutputFile other) throws IOException {
        return other != null && !other.isStandardOutput() && isSame(other.path());
    }

    /** True if it is that file, by whatever name: also by a link. */
    public boolean isSame(final Path other) throws IOException {
        return !isStandardOutput() && (path().equals(real(other))
            || (Files.exists(path()) && Files.exists(other) && Files.isSameFile(path(), other)));
    }

    /**
     * Writes the report.
     *
     * @param text its text
     * @param out  standard output
     * @throws IOException if it cannot be written; then the file is as it was before
     */
    public void write(final String text, final PrintStream out) throws IOException {
        if (isStandardOutput()) {
            out.print(text);
            out.flush();
            return;
        }
        try {
            writeFile(text);
        } catch (final FileSystemException e) {
            throw new IOException("'" + name + "' could not be written: "
                + (e.getReason() == null ? e.toString() : e.getReason()), e);
        } catch (final IOException e) {
            throw new IOException("'" + name + "' could not be written: " + e.getMessage(), e);
        }
    }

    private void writeFile(final String text) throws IOException {
        if (isSpecial()) {
            Files.writeString(path(), text);
        } else {
            final Path temporary = temporary();
            try {
                Files.writeString(temporary, text);
                Files.move(temporary, path(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
        }
    }

    private Path path() throws IOException {
        return real(Path.of(name));
    }

    /** Without links, as far as it exists; a name whose dots lead through a link is resolved by the system. */
    private static Path real(final Path named) throws IOException {
        final Path path = named.toAbsolutePath();
        final Path folder = path.getParent();
        return Files.exists(path) ? path.toRealPath()
            : folder != null && Files.exists(folder) ? folder.toRealPath().resolve(path.getFileName())
            : path.normalize();
    }

    /** A device or a pipe: cannot be replaced, only be written to. */
    private boolean isSpecial() throws IOException {
        return Files.exists(path()) && !Files.isRegularFile(path());
    }

    /** A new file beside the target, so that it can be moved onto it in one step. */
    private Path temporary() throws IOException {
        final Path directory = path().resolveSibling("");
        final String hidden = "." + path().getFileName() + "." + ProcessHandle.current().pid() + ".tmp";
        final Path file = path().resolveSibling(hidden);
        try {
            return Files.createFile(file);
        } catch (final NoSuchFileException e) {
            // The kernel's own file systems answer so too, where nobody can create a file.
            throw new IOException("'" + name + "' cannot be written: " + (Files.isDirectory(directory)
                ? "no file can be created in " : "there is no directory ") + directory, e);
        } catch (final AccessDeniedException e) {
            throw new IOException("'" + name + "' cannot be written: no permission in " + directory, e);
        } catch (final IOException e) {
            throw new IOException("'" + name + "' cannot be written: " + e.getMessage(), e);
        }
    }
}
