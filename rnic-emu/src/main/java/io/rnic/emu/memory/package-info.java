/**
 * What the NIC knows of memory.
 *
 * <pre>
 *   STag, tagged offset --&gt; StagTable: valid? same domain? allowed? inside?
 *                           MemoryEntry: the window on the region's memory; its pages' bus addresses
 *                                        or of a memory window: a part of a region's memory
 *   bus address ----------&gt; Dma: window --&gt; the application's segment
 * </pre>
 *
 * <p>A user-level queue pair names STags; the entry that it finds is the window too. A queue pair of the kernel posts
 * bus addresses (the kernel has looked up, checked and translated already) and goes the last step only. Deregistration
 * closes the window, so that an address that is still in a queue leads nowhere, as behind an IOMMU.
 */
@NullMarked
package io.rnic.emu.memory;

import org.jspecify.annotations.NullMarked;
