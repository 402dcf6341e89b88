package io.rnic.registration;

/** How memory gets registered. */
public enum RegistrationMode {
    /** At the first request; it stays registered until the policy gives it up. */
    CACHED,
    /** For each request anew. */
    PER_REQUEST,
    /** All of it before the first request, whatever the limit. */
    BEFOREHAND,
    /** Page by page when the NIC comes upon one that is not mapped; nothing is locked. */
    ON_DEMAND
}
