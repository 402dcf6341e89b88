package io.rnic.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.registration.policy.Policies;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.RnicException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** What the makers of regions hold of them, and for how long. */
class RegistrationsTest {
    private static final int COLLECTIONS = 100;

    private final RegistrationCache cache = new RegistrationCache(proxy(ProtectionDomain.class),
        Policies.find("lru", getClass().getClassLoader()).apply(new PolicyContext(1, CostModel.MLOCK)),
        CacheLimits.ofPages(1));
    private final Registrations registrations = new Registrations(cache);

    private static <T> T proxy(final Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, arguments) -> switch (method.getName()) {
                case "address", "length" -> 4096L;
                case "toString" -> type.getSimpleName();
                default -> 1; // a key
            }));
    }

    private CachedRegion add(final MemoryRegion memory, final MemorySegment.Scope scope) {
        return registrations.add(memory, scope, 0);
    }

    @Test
    void shouldKnowEachRegistrationUntilItIsRemoved() {
        final CachedRegion[] regions = new CachedRegion[200];
        final MemoryRegion[] memory = new MemoryRegion[regions.length];
        for (int i = 0; i < regions.length; i++) {
            memory[i] = proxy(MemoryRegion.class);
            regions[i] = add(memory[i], MemorySegment.NULL.scope());
        }
        for (int i = 0; i < regions.length; i++) {
            assertThat(registrations.of(regions[i])).as("region %d", i).isSameAs(memory[i]);
            registrations.remove(regions[i]);
            assertThat(registrations.find(regions[i])).isNull();
            assertThatThrownBy(() -> registrations.of(regions[0])).isInstanceOf(RnicException.class);
        }
    }

    /** Or the memory of an automatic arena would not be freed. */
    @Test
    void shouldHoldNothingOfWhatIsGone() {
        final WeakReference<MemorySegment.Scope> scope = addAndRemove();
        for (int i = 0; i < COLLECTIONS && scope.get() != null; i++) {
            System.gc();
        }
        assertThat(scope.get()).isNull();
        assertThat(registrations.find(add(proxy(MemoryRegion.class), MemorySegment.NULL.scope()))).isNotNull();
    }

    private WeakReference<MemorySegment.Scope> addAndRemove() {
        final MemorySegment memory = Arena.ofAuto().allocate(1);
        registrations.remove(add(proxy(MemoryRegion.class), memory.scope()));
        return new WeakReference<>(memory.scope());
    }
}
