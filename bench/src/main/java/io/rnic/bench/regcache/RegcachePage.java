package io.rnic.bench.regcache;

/** A report as a page for a browser: the picture and the tables, in one file that needs no other. */
final class RegcachePage {
    private RegcachePage() {
    }

    static String html(final RegcacheReport report, final String svg) {
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>rnic regcache: %1$s</title>
            <style>body { font-family: sans-serif; margin: 2em; } pre { overflow-x: auto; } svg { max-width: 100%%; }
            </style></head>
            <body>
            <h1>Registration caching: %1$s</h1>
            %2$s
            <p>lower-bound: no cache that stays within the limit costs less. clairvoyant: a cache that knows the future;
            its cost can be achieved, and is not the least possible.</p>
            <pre>%3$s</pre>
            </body>
            </html>
            """.formatted(escape(report.trace()), svg, escape(RegcacheTable.of(report)));
    }

    private static String escape(final String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
