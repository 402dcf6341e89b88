/**
 * Fuzzing of what comes from the wire. Jazzer makes inputs up, guided by what they reach; a target reads them as a
 * script of traffic, mostly valid, and holds what the NIC does against what it may do.
 *
 * <pre>
 *   SetUpFuzz     bytes ------------------------------------------------&gt; SetUpFrame
 *   StreamFuzz    Traffic: FPDUs, damaged, split -- EmbeddedChannel ----&gt; TcpStream, engine, a queue pair
 *   ListenerFuzz  Traffic, behind a set-up frame -- socket of 127.0.0.1 -&gt; Rnic.listen, both front ends
 * </pre>
 *
 * <p>Each target has a kept corpus, in {@code src/test/resources} beside it. {@code KeptInputsTest} runs it, and seeded
 * mutations of it, with all other tests. {@code ./mvnw -Pfuzz verify} runs Jazzer itself; an input that fails is left
 * in the module's folder as {@code crash-...}, and belongs into the corpus when it is mended.
 */
@NullMarked
package io.rnic.fuzz;

import org.jspecify.annotations.NullMarked;
