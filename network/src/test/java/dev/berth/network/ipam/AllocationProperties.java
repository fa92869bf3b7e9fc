package dev.berth.network.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AllocationProperties {
    static final int ADDRESSES = 64;

    @Property(tries = 200)
    void aSetOfRunsIsASet(
            @ForAll @Size(max = 300) List<@IntRange(min = -ADDRESSES, max = ADDRESSES - 1) Integer> steps) {
        AddressSet set = new AddressSet();
        TreeSet<Integer> model = new TreeSet<>();
        for (int step : steps) {
            if (step >= 0) {
                assertThat(set.add(BigInteger.valueOf(step))).isEqualTo(model.add(step));
            } else {
                assertThat(set.remove(BigInteger.valueOf(-step - 1))).isEqualTo(model.remove(-step - 1));
            }
        }
        for (int i = 0; i < ADDRESSES; i++) {
            assertThat(set.contains(BigInteger.valueOf(i))).isEqualTo(model.contains(i));
            assertThat(set.lowestMissing(BigInteger.valueOf(i), BigInteger.valueOf(ADDRESSES - 1)))
                    .isEqualTo(LongStream.range(i, ADDRESSES)
                            .filter(candidate -> !model.contains((int) candidate))
                            .mapToObj(BigInteger::valueOf)
                            .findFirst());
            assertThat(set.count(BigInteger.valueOf(i), BigInteger.valueOf(ADDRESSES - 1)))
                    .isEqualTo(BigInteger.valueOf(model.tailSet(i).size()));
        }
    }

    @Property
    void theFirstPartThatOverlapsNothingIsFound(@ForAll @Size(max = 12) List<@From("nearby") IpPrefix> taken) {
        DefaultPool pool = new DefaultPool(IpPrefix.of("10.0.0.0/26"), 29);
        assertThat(pool.firstFree(taken))
                .isEqualTo(LongStream.range(0, 8)
                        .mapToObj(part -> new IpPrefix(IpAddress.of("10.0.0.0").plus(8 * part), 29))
                        .filter(part -> taken.stream().noneMatch(part::overlaps))
                        .findFirst());
    }

    @Provide
    Arbitrary<IpPrefix> nearby() {
        return Combinators.combine(
                        Arbitraries.longs().between(-64, 127),
                        Arbitraries.integers().between(25, 32))
                .as((distance, bits) -> new IpPrefix(IpAddress.of("10.0.0.0").plus(distance), bits).masked());
    }

    @Property(tries = 50)
    void noAddressIsGivenTwiceAndAllAreGiven(@ForAll @IntRange(min = 20, max = 30) int bits, @ForAll boolean ipv6) {
        IpPrefix prefix =
                ipv6 ? new IpPrefix(IpAddress.of("fd00::"), bits + 96) : new IpPrefix(IpAddress.of("10.0.0.0"), bits);
        Subnet subnet =
                new AddressPlan(List.of()).request(SubnetRequest.of(prefix).withoutGateway(), List.of());
        List<IpAddress> given = new ArrayList<>();
        while (subnet.available().signum() > 0) {
            given.add(subnet.takeAny());
        }
        assertThat(given).isSorted().doesNotHaveDuplicates().allMatch(prefix::contains);
        long kept = prefix.family() == Family.IPV4 ? 2 : 1;
        assertThat(BigInteger.valueOf(given.size())).isEqualTo(prefix.size().subtract(BigInteger.valueOf(kept)));
        given.forEach(subnet::release);
        assertThat(subnet.inUse()).isEqualTo(BigInteger.valueOf(kept));
    }

    @Property
    void twoSubnetsOfOnePlanNeverOverlap(@ForAll @Size(max = 20) List<@From("nearby") IpPrefix> asked) {
        AddressPlan plan = new AddressPlan(List.of(new DefaultPool(IpPrefix.of("10.0.0.0/26"), 28)));
        List<Subnet> subnets = new ArrayList<>();
        for (IpPrefix prefix : asked) {
            boolean any = prefix.bits() == 32;
            SubnetRequest request = any
                    ? SubnetRequest.any(Family.IPV4)
                    : SubnetRequest.of(prefix).withoutGateway();
            try {
                subnets.add(plan.request(request, List.of()));
            } catch (NetworkException e) {
                assertThat(any
                                || subnets.stream()
                                        .anyMatch(subnet -> subnet.prefix().overlaps(prefix)))
                        .isTrue();
            }
        }
        for (Subnet one : subnets) {
            assertThat(subnets.stream().filter(other -> other.prefix().overlaps(one.prefix())))
                    .containsExactly(one);
        }
    }
}
