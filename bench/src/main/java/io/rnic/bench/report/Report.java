package io.rnic.bench.report;

import java.util.List;
import java.util.Map;

/**
 * Everything that a command found out.
 *
 * @param command its name
 * @param host    facts about the machine and the set-up, by name; values are strings, numbers, or lists of them
 * @param limits  what the machine can do, measured in the same run
 * @param results what was measured
 */
public record Report(String command, Map<String, Object> host, List<Measurement> limits, List<Measurement> results) {
}
