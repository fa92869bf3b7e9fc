package dev.berth.engine.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.Box;
import dev.berth.engine.config.Limits;
import dev.berth.engine.error.EngineException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EventsTest {
    private final Events events = new Events();

    @Test
    void aSubscriberHearsWhatHappensInOrder() throws Exception {
        Heard heard = new Heard(true);
        events.subscribe(EventQuery.NEW, heard);
        publish("create");
        publish("start");
        events.close();
        assertThat(heard.toEnd()).containsExactly("create", "start");
    }

    @Test
    void thePastIsToldFirstAndIsBounded() throws Exception {
        for (int i = 0; i < Limits.EVENT_HISTORY + 5; i++) {
            publish("e" + i);
        }
        Heard heard = new Heard(true);
        events.subscribe(
                new EventQuery(
                        Optional.of(Instant.EPOCH), Optional.of(Instant.now().plusMillis(50)), Map.of()),
                heard);
        publish("last");
        assertThat(heard.toEnd())
                .hasSize(Limits.EVENT_HISTORY + 1)
                .startsWith("e5", "e6")
                .endsWith("last");
        assertThat(events.listeners()).isZero();
    }

    @Test
    void aTimeThatIsOverEndsAtOnce() throws Exception {
        publish("create");
        Heard heard = new Heard(true);
        events.subscribe(new EventQuery(Optional.of(Instant.EPOCH), Optional.of(Instant.now()), Map.of()), heard);
        assertThat(heard.toEnd()).containsExactly("create");
    }

    @Test
    void whoSaysOnlyWhenToEndIsToldThePastToo() throws Exception {
        publish("create");
        Heard heard = new Heard(true);
        events.subscribe(new EventQuery(Optional.empty(), Optional.of(Instant.now()), Map.of()), heard);
        assertThat(heard.toEnd()).containsExactly("create");
    }

    @Test
    void filtersAreDockers() throws Exception {
        assertThat(passing(Map.of("container", List.of("sh")))).containsExactly("start", "exec_create: sh");
        assertThat(passing(Map.of("event", List.of("exec_create")))).containsExactly("exec_create: sh");
        assertThat(passing(Map.of("type", List.of("image")))).containsExactly("pull");
        assertThat(passing(Map.of("container", List.of("abc")))).containsExactly("start", "exec_create: sh");
        assertThat(passing(Map.of("container", List.of("ship")))).containsExactly("start", "exec_create: sh");
        assertThat(passing(Map.of("image", List.of("debian")))).containsExactly("start", "exec_create: sh", "pull");
        assertThat(passing(Map.of("label", List.of("k=v")))).containsExactly("start", "exec_create: sh");
        assertThat(passing(Map.of("label", List.of("k=other")))).isEmpty();
        assertThat(passing(Map.of("event", List.of("start"), "type", List.of("image"))))
                .isEmpty();
        assertThatThrownBy(() -> events.subscribe(
                        new EventQuery(Optional.empty(), Optional.empty(), Map.of("nosuch", List.of("x"))),
                        new Heard(true)))
                .hasMessage("invalid filter 'nosuch'");
    }

    @Test
    void aSubscriberWhoWaitsGetsNothingUntilItGoesOn() throws Exception {
        Heard slow = new Heard(false);
        Subscription subscription = events.subscribe(EventQuery.NEW, slow);
        publish("one");
        publish("two");
        slow.await(1);
        Thread.sleep(20);
        assertThat(slow.actions()).containsExactly("one");
        subscription.resume();
        slow.await(2);
        assertThat(slow.actions()).containsExactly("one", "two");
        subscription.close();
        assertThat(events.listeners()).isZero();
    }

    @Test
    void aSubscriberWhoIsTooSlowIsDropped() {
        Heard slow = new Heard(false);
        Subscription subscription = events.subscribe(EventQuery.NEW, slow);
        for (int i = 0; i < Limits.EVENT_BACKLOG + 10; i++) {
            publish("e" + i);
        }
        while (!slow.end.isDone()) {
            subscription.resume();
        }
        assertThat(slow.end).isCompletedExceptionally();
        assertThat(slow.actions().size()).isBetween(Limits.EVENT_BACKLOG, Limits.EVENT_BACKLOG + 9);
        assertThat(events.listeners()).isZero();
    }

    private List<String> passing(Map<String, List<String>> filters) throws Exception {
        Events bus = new Events();
        Heard heard = new Heard(true);
        bus.subscribe(new EventQuery(Optional.empty(), Optional.empty(), filters), heard);
        Map<String, String> attributes = Map.of("name", "ship", "image", "debian:12", "k", "v");
        bus.publish(Event.Type.CONTAINER, "start", "abcdef", attributes);
        bus.publish(Event.Type.CONTAINER, "exec_create: sh", "abcdef", attributes);
        bus.publish(Event.Type.IMAGE, "pull", "debian:12", Map.of("name", "debian:12"));
        bus.close();
        return heard.toEnd();
    }

    private void publish(String action) {
        events.publish(Event.Type.CONTAINER, action, "abc", Map.of());
    }

    /** A sink that keeps the actions, quick or asking to wait after each. */
    private static final class Heard implements EventSink {
        private final boolean quick;
        private final List<String> actions = new ArrayList<>();
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        private Heard(boolean quick) {
            this.quick = quick;
        }

        @Override
        public synchronized boolean event(Event event) {
            actions.add(event.action());
            notifyAll();
            return quick;
        }

        @Override
        public void end() {
            end.complete(null);
        }

        @Override
        public void fail(EngineException reason) {
            end.completeExceptionally(reason);
        }

        synchronized List<String> actions() {
            return List.copyOf(actions);
        }

        synchronized void await(int count) throws InterruptedException {
            while (actions.size() < count) {
                wait();
            }
        }

        List<String> toEnd() throws Exception {
            Box.soon(end);
            return actions();
        }
    }
}
