package io.trivigil.alertmanager.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.state.Command.AlertsReceived;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The dead man's switch in a simulated cluster.
class HeartbeatTest {
  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final String YAML =
      """
      route: {receiver: ops, group_by: [alertname], group_wait: 1s, group_interval: 1m}
      receivers:
        - {name: ops, webhook_configs: [{url: 'http://x/'}]}
        - {name: watchdog, webhook_configs: [{url: 'http://y/'}]}
        - {name: nobody}
      """;

  private Optional<String> hindrance = Optional.empty();

  private World world(long seed, String receiver) throws Exception {
    World world =
        new World(
            seed,
            AlertmanagerConfig.parse("am.yml", YAML, Path.of("/")),
            DispatchSettings.DEFAULT,
            Optional.of(
                new Heartbeat(receiver, INTERVAL, Labels.of("cluster", "c"), () -> hindrance)));
    world.lead(world.nodes.getFirst(), 0);
    return world;
  }

  private static List<World.Request> beats(World world) {
    return world.requests.stream()
        .filter(r -> r.attempt().destination().receiver().equals("watchdog"))
        .toList();
  }

  private static Map<Long, Long> idsBySlot(World world) {
    return beats(world).stream()
        .collect(
            Collectors.groupingBy(
                r -> r.attempt().flushMs(),
                TreeMap::new,
                Collectors.mapping(
                    r -> r.attempt().id(),
                    Collectors.collectingAndThen(
                        Collectors.toSet(), ids -> Long.valueOf(ids.size())))));
  }

  @Test
  void beatsOnceInEverySlot() throws Exception {
    World world = world(1, "watchdog");
    world.run(Duration.ofMinutes(10));
    assertThat(beats(world)).hasSizeBetween(10, 11);
    assertThat(idsBySlot(world)).hasSameSizeAs(beats(world));
    assertThat(
            new String(beats(world).getFirst().attempt().payload().body(), StandardCharsets.UTF_8))
        .contains("groupKey=trivigil:heartbeat");
    assertThat(Heartbeat.lastSentMs(world.nodes.get(2).machine.view()))
        .isEqualTo(beats(world).getLast().attempt().flushMs());
  }

  @Test
  void changingLeadersDoNotDoubleIt() throws Exception {
    for (long seed = 1; seed <= 60; seed++) {
      World world = world(seed, "watchdog");
      world.faults[0] = new World.Faults(10, 20, 400);
      for (int i = 0; i < 20; i++) {
        world.run(Duration.ofSeconds(5 + world.random.nextInt(40)));
        world.nodes.forEach(node -> node.skewMs = world.random.nextLong(400));
        world.lead(world.nodes.get(world.random.nextInt(3)), world.random.nextInt(5_000));
      }
      world.faults[0] = World.Faults.NONE;
      world.run(Duration.ofMinutes(3));
      assertThat(idsBySlot(world).values()).as("seed %d", seed).isNotEmpty().containsOnly(1L);
      long lastMs = beats(world).getLast().attempt().flushMs();
      assertThat(world.nowMs - lastMs).as("seed %d", seed).isLessThan(2 * INTERVAL.toMillis());
    }
  }

  @Test
  void isSilentWithoutALeaderAndWhileNobodyCouldBeAlerted() throws Exception {
    World world = world(1, "watchdog");
    world.run(Duration.ofMinutes(2));
    world.nodes.getFirst().die();
    int before = beats(world).size();
    world.run(Duration.ofMinutes(5));
    assertThat(beats(world)).as("no leader").hasSize(before);
    hindrance = Optional.of("rules are late");
    world.lead(world.nodes.get(1), 0);
    world.run(Duration.ofMinutes(5));
    assertThat(beats(world)).as("rules are late").hasSize(before);
    hindrance = Optional.empty();
    world.run(Duration.ofSeconds(5));
    assertThat(beats(world)).as("made up for within its slot").hasSize(before + 1);
  }

  @Test
  void stopsWhenWhatIsDueReachesNobody() throws Exception {
    World world = world(1, "watchdog");
    world.run(Duration.ofMinutes(1));
    world.script = "500";
    long nowMs = world.nowMs;
    Labels down = Labels.of("alertname", "Down");
    world.commit(
        AlertsReceived.of(
            List.of(new AlertUpdate(down, Labels.EMPTY, nowMs, nowMs + 9_000_000, ""))));
    world.run(Duration.ofMinutes(4));
    long stalledMs = world.nowMs;
    world.requests.clear();
    world.run(Duration.ofMinutes(3));
    assertThat(beats(world).stream().filter(r -> r.attempt().flushMs() > stalledMs)).isEmpty();
    world.script = "ok";
    world.run(Duration.ofMinutes(5));
    assertThat(world.requests.stream().filter(r -> r.taken() && r.atMs() > stalledMs))
        .anyMatch(r -> r.attempt().destination().receiver().equals("ops"))
        .anyMatch(r -> r.attempt().destination().receiver().equals("watchdog"));
  }

  @Test
  void aReceiverWithoutIntegrationsIsRecordedOnly() throws Exception {
    World world = world(1, "nobody");
    world.run(Duration.ofMinutes(3));
    assertThat(world.requests).isEmpty();
    assertThat(world.nowMs - Heartbeat.lastSentMs(world.nodes.get(1).machine.view()))
        .isLessThan(INTERVAL.toMillis());
  }

  @Test
  void tooShortAnIntervalIsRefused() {
    assertThatThrownBy(
            () -> new Heartbeat("x", Duration.ofSeconds(9), Labels.EMPTY, Optional::empty))
        .hasMessageContaining("interval_ms=9000 shortest_ms=10000");
  }
}
