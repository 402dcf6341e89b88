package io.rnic.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Rules of one file's text; each violation is a line 'path:line: what'. */
final class TextRules {
    static final int MAX_LINE = 120;
    static final int MAX_FILE = 500;
    static final int MAX_METHOD = 60;

    // Spelt in pieces, so that this file keeps its own rules.
    private static final Pattern LEFTOVER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");
    private static final Pattern MACHINE_PATH = Pattern.compile("[\"' (=](/ho" + "me/|/wo" + "rk/|/ro" + "ot/)");
    private static final Pattern SLEEP = Pattern.compile("\\bThread\\s*\\.\\s*sle" + "ep\\b|\\bTimeUnit\\.\\w+\\.sle"
        + "ep\\b");
    private static final Pattern DISABLED = Pattern.compile("@Dis" + "abled\\b");
    private static final Pattern SYSTEM_OUT = Pattern.compile("\\bSystem\\s*\\.\\s*ou" + "t\\b|\\bI" + "O\\.print");
    private static final Pattern METHOD = Pattern.compile(
        " {4,}(?!return|throw|new|else|case)[\\w<@][\\w<>\\[\\], .?@&]* \\w+\\(.*| {4,}[A-Z]\\w*\\(.*");

    private TextRules() {
    }

    static List<String> violations(final SourceFile file) {
        final List<String> found = new ArrayList<>();
        if (file.lines().size() > MAX_FILE) {
            found.add(file.path() + ": " + file.lines().size() + " lines; allowed: " + MAX_FILE);
        }
        for (int i = 0; i < file.lines().size(); i++) {
            final String at = file.path() + ":" + (i + 1) + ": ";
            checkLine(file, file.lines().get(i)).forEach(what -> found.add(at + what));
        }
        checkMethods(file, found);
        return found;
    }

    private static List<String> checkLine(final SourceFile file, final String line) {
        final List<String> found = new ArrayList<>();
        final String code = SourceFile.code(line);
        note(found, line.length() > MAX_LINE, "line of " + line.length() + " characters; allowed: " + MAX_LINE);
        note(found, line.indexOf('\t') >= 0, "tab");
        note(found, !line.equals(line.stripTrailing()), "trailing blank");
        note(found, LEFTOVER.matcher(line).find(), "leftover");
        note(found, MACHINE_PATH.matcher(line).find(), "path of somebody's machine");
        note(found, SLEEP.matcher(code).find(), "sleep");
        note(found, DISABLED.matcher(code).find(), "disabled test");
        note(found, !file.module().equals("bench") && SYSTEM_OUT.matcher(code).find(), "print outside bench");
        return found;
    }

    private static void note(final List<String> found, final boolean bad, final String what) {
        if (bad) {
            found.add(what);
        }
    }

    /** A method begins at a line that looks like a signature and ends where its braces close. */
    private static void checkMethods(final SourceFile file, final List<String> found) {
        int begin = -1;
        int depth = 0;
        boolean inBody = false;
        for (int i = 0; i < file.lines().size(); i++) {
            final String code = SourceFile.code(file.lines().get(i));
            if (begin < 0) {
                if (!METHOD.matcher(code).matches()) {
                    continue;
                }
                begin = i;
                depth = 0;
                inBody = false;
            }
            depth += count(code, '{') - count(code, '}');
            inBody |= code.indexOf('{') >= 0;
            if (inBody ? depth <= 0 : code.stripTrailing().endsWith(";")) {
                if (i - begin + 1 > MAX_METHOD) {
                    found.add(file.path() + ":" + (begin + 1) + ": method of " + (i - begin + 1) + " lines; allowed: "
                        + MAX_METHOD);
                }
                begin = -1;
            }
        }
    }

    private static int count(final String code, final char brace) {
        return (int) code.chars().filter(c -> c == brace).count();
    }
}
