package io.rnic.registration;

/** A {@link Policy} breaks the rules: the message names its class. What it asked for was not done. */
public final class PolicyException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** An exception about that policy; what it did follows its class's name. */
    public PolicyException(final Policy policy, final String did) {
        super("policy " + policy.getClass().getName() + " " + did);
    }
}
