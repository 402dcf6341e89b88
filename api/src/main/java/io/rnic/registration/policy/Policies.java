package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import io.rnic.registration.PolicyContext;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Makes policies by name. */
public final class Policies {
    private static final Map<String, Function<PolicyContext, Policy>> KNOWN = known();

    private Policies() {
    }

    private static Map<String, Function<PolicyContext, Policy>> known() {
        final Map<String, Function<PolicyContext, Policy>> known = new LinkedHashMap<>();
        known.put("none", context -> new PerRequest());
        known.put("all-beforehand", context -> new Beforehand());
        known.put("fifo", context -> new Fifo());
        known.put("lru", context -> new Lru());
        known.put("clock", context -> new Clock());
        known.put("lfu", context -> new Lfu());
        known.put("2q", TwoQ::new);
        known.put("arc", Arc::new);
        known.put("s3-fifo", S3Fifo::new);
        known.put("w-tinylfu", WTinyLfu::new);
        known.put("gdsf", Gdsf::new);
        known.put("landlord", Landlord::new);
        known.put("odp", context -> new OnDemand());
        known.put("ahead", Ahead::new);
        return known;
    }

    /** The names of the policies that stand here. */
    public static List<String> names() {
        return List.copyOf(KNOWN.keySet());
    }

    /**
     * Finds a policy: one of {@link #names}, or a class of yours by its full name.
     *
     * @param name   of the policy or class
     * @param loader by which classes are found
     * @return makes a policy for each cache
     * @throws IllegalArgumentException if there is none, or the class is no policy; the message says what is allowed
     */
    public static Function<PolicyContext, Policy> find(final String name, final ClassLoader loader) {
        final Function<PolicyContext, Policy> known = KNOWN.get(name);
        return known != null ? known : ofClass(name, loader);
    }

    private static Function<PolicyContext, Policy> ofClass(final String name, final ClassLoader loader) {
        try {
            final Constructor<? extends Policy> constructor = constructor(type(name, loader));
            return context -> make(constructor, context);
        } catch (final ExceptionInInitializerError e) {
            throw new IllegalArgumentException("class '" + name + "' cannot be initialized: " + e.getCause()
                + "; allowed: a class that can", e);
        } catch (final Error e) {
            throw new IllegalArgumentException("class '" + name + "' cannot be loaded: " + e
                + "; allowed: a class that can", e);
        }
    }

    private static Class<? extends Policy> type(final String name, final ClassLoader loader) {
        final Class<?> type;
        try {
            type = Class.forName(name, true, loader);
        } catch (final ClassNotFoundException e) {
            throw new IllegalArgumentException("unknown policy '" + name + "'; allowed: " + String.join(", ", names())
                + ", or the name of a class on the class path", e);
        }
        if (!Policy.class.isAssignableFrom(type) || Modifier.isAbstract(type.getModifiers())
            || !Modifier.isPublic(type.getModifiers())) {
            throw new IllegalArgumentException("class " + name + " is no policy: it has to be public, not abstract, and"
                + " implement " + Policy.class.getName());
        }
        return type.asSubclass(Policy.class);
    }

    private static Constructor<? extends Policy> constructor(final Class<? extends Policy> type) {
        try {
            return type.getConstructor(PolicyContext.class);
        } catch (final NoSuchMethodException e) {
            try {
                return type.getConstructor();
            } catch (final NoSuchMethodException none) {
                throw new IllegalArgumentException("policy " + type.getName() + " has no public constructor that"
                    + " takes a "
                    + PolicyContext.class.getName() + " or nothing", none);
            }
        }
    }

    private static Policy make(final Constructor<? extends Policy> constructor, final PolicyContext context) {
        try {
            return constructor.getParameterCount() == 0 ? constructor.newInstance() : constructor.newInstance(context);
        } catch (final InvocationTargetException e) {
            throw new IllegalArgumentException("policy " + constructor.getDeclaringClass().getName()
                + " cannot be made: " + e.getCause(), e);
        } catch (final ReflectiveOperationException e) {
            throw new IllegalArgumentException("policy " + constructor.getDeclaringClass().getName()
                + " cannot be made: " + e, e);
        }
    }
}
