package io.rnic.tidy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Rules about who may import whom. */
final class ArchitectureRules {
    private static final String DEVICE = "io.rnic.emu";

    /** Files of package {@code from} (or below it) must import nothing that begins with {@code forbidden}. */
    private record Ban(String from, String forbidden) {
    }

    private static final List<Ban> BANS = List.of(
        new Ban("io.rnic.verbs", "org.agrona"), new Ban("io.rnic.verbs", "io.netty"), new Ban("io.rnic.verbs", DEVICE),
        new Ban("io.rnic.verbs", "io.rnic.testing"),
        new Ban("io.rnic.testing", "org.agrona"), new Ban("io.rnic.testing", "io.netty"),
        new Ban("io.rnic.testing", DEVICE),
        new Ban("io.rnic.registration", "org.agrona"), new Ban("io.rnic.registration", "io.netty"),
        new Ban("io.rnic.registration", DEVICE), new Ban("io.rnic.files", "org.agrona"),
        new Ban("io.rnic.files", "io.netty"), new Ban("io.rnic.files", DEVICE),
        new Ban("io.rnic.emu.engine", "io.netty"), new Ban("io.rnic.emu.wire", "io.netty"),
        new Ban("io.rnic.emu.wire", "io.rnic.emu.engine"),
        new Ban("io.rnic.emu", "io.rnic.user"), new Ban("io.rnic.emu", "io.rnic.kernel"),
        new Ban("io.rnic.user", "io.rnic.kernel"), new Ban("io.rnic.kernel", "io.rnic.user"));

    private ArchitectureRules() {
    }

    static List<String> violations(final Collection<SourceFile> files) {
        final List<String> found = new ArrayList<>();
        final Map<String, Set<String>> uses = new TreeMap<>();
        for (final SourceFile file : files) {
            final String from = file.packageName();
            for (final String name : file.imports()) {
                checkBans(file, from, name, found);
                if (isIn(from, DEVICE) && name.startsWith(DEVICE + ".") && !file.isTest()) {
                    final String to = packageOf(name);
                    checkRoot(file, from, to, found);
                    uses.computeIfAbsent(from, p -> new TreeSet<>()).add(to);
                }
            }
        }
        findCycles(uses, found);
        return found;
    }

    private static void checkBans(
        final SourceFile file, final String from, final String name, final List<String> found) {
        for (final Ban ban : BANS) {
            if (isIn(from, ban.from) && (name.equals(ban.forbidden) || name.startsWith(ban.forbidden + "."))) {
                found.add(file.path() + ": imports " + name + "; " + ban.from + " must not know " + ban.forbidden);
            }
        }
    }

    private static void checkRoot(final SourceFile file, final String from, final String to, final List<String> found) {
        if (!from.equals(DEVICE) && to.equals(DEVICE)) {
            found.add(file.path() + ": imports the root package " + DEVICE + "; its parts must not know it");
        }
    }

    private static boolean isIn(final String packageName, final String parent) {
        return packageName.equals(parent) || packageName.startsWith(parent + ".");
    }

    /** The package of an imported class or member: what stands before the first name with a capital. */
    private static String packageOf(final String imported) {
        final StringBuilder packageName = new StringBuilder();
        for (final String part : imported.split("\\.", -1)) {
            if (part.isEmpty() || part.equals("*") || Character.isUpperCase(part.charAt(0))) {
                break;
            }
            packageName.append(packageName.isEmpty() ? "" : ".").append(part);
        }
        return packageName.toString();
    }

    private static void findCycles(final Map<String, Set<String>> uses, final List<String> found) {
        for (final String start : uses.keySet()) {
            final Set<String> reached = new TreeSet<>();
            final Deque<String> next = new ArrayDeque<>(uses.get(start));
            next.remove(start);
            while (!next.isEmpty()) {
                final String each = next.remove();
                if (reached.add(each)) {
                    next.addAll(uses.getOrDefault(each, Set.of()));
                }
            }
            if (reached.contains(start)) {
                found.add("package " + start + " is part of an import cycle: it reaches itself by " + reached);
            }
        }
    }
}
