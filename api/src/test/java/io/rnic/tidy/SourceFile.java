package io.rnic.tidy;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Java file.
 *
 * @param path  from the repository's top, with slashes
 * @param lines its lines
 */
record SourceFile(String path, List<String> lines) {
    private static final Pattern IMPORT = Pattern.compile("import (?:static )?([\\w.*]+);");
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");

    static SourceFile of(final String path, final String text) {
        return new SourceFile(path, text.lines().toList());
    }

    /** The module's folder. */
    String module() {
        return path.substring(0, Math.max(0, path.indexOf('/')));
    }

    boolean isTest() {
        return path.contains("/src/test/");
    }

    String packageName() {
        return first(PACKAGE);
    }

    private String first(final Pattern pattern) {
        for (final String line : lines) {
            final Matcher matcher = pattern.matcher(line);
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        return "";
    }

    /** What it imports: names of classes, or of members of classes. */
    List<String> imports() {
        return lines.stream().map(IMPORT::matcher).filter(Matcher::matches).map(matcher -> matcher.group(1)).toList();
    }

    /** A line without its string literals, character literals and comment, so that only code is left. */
    static String code(final String line) {
        final String stripped = line.strip();
        if (stripped.startsWith("*") || stripped.startsWith("/*")) {
            return "";
        }
        final StringBuilder code = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            final char c = line.charAt(i);
            if (quote != 0) {
                i += c == '\\' ? 1 : 0;
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (line.startsWith("//", i)) {
                break;
            } else {
                code.append(c);
            }
        }
        return code.toString();
    }
}
