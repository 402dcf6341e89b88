/**
 * Registration caching (paper, §IV): registering for each request costs time, keeping registrations costs locked memory
 * that others need. Works through either front end.
 *
 * <pre>
 *   RegistrationCache            leases regions of real memory
 *      |       |
 *      |       +-- a hit:        RegionHints - CachedRegion (counts its leases) - HitLog: no lock, whatever the number
 *      |                                                                           |
 *     RegionTable                which pages are registered, what a request hits,  |
 *      |       |                 who has to go; a simulation too                   |
 *      |       |                                                                   |
 * IntervalIndex  Policy &lt;---- told of hits later ------------------------------------+
 *                   \
 *                 CostModel
 *
 *   IntervalIndex    finds by containment
 *   Policy           decides who goes: those of package policy, or yours; PolicyException if it breaks the rules
 *   Registrations    makes CachedRegions, close together, and keeps their registrations apart
 *   Departures       deregisters, and keeps what cannot go yet: leased, or memory windows are bound to it
 *   CostModel        what a registration costs
 * </pre>
 */
@NullMarked
package io.rnic.registration;

import org.jspecify.annotations.NullMarked;
