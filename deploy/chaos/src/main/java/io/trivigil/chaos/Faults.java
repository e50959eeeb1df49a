package io.trivigil.chaos;

import io.trivigil.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The faults, in random order. Confined to one thread.
final class Faults {
  private final Fleet fleet;
  private final Net net;
  private final Journal journal;
  private final Failovers failovers;
  private final RandomGenerator random;

  Faults(Fleet fleet, Net net, Journal journal, Failovers failovers, RandomGenerator random) {
    this.fleet = fleet;
    this.net = net;
    this.journal = journal;
    this.failovers = failovers;
    this.random = random;
  }

  /// Does the next thing and waits until the time for another has come.
  void step() throws IOException {
    killLeader();
    fleet.awaitCalm(Duration.ofSeconds(30));
    Wait.pause(random.nextInt(2_000));
  }

  private void killLeader() {
    Optional<Member> leader = fleet.leader();
    if (leader.isEmpty()) {
      Wait.pause(100);
      return;
    }
    boolean calm = fleet.calm();
    Journal.Fault fault = journal.begin("kill the leader", leader.get().id());
    long killedMs = leader.get().kill();
    journal.end(fault);
    long tookMs = failovers.measure(killedMs, fleet.others(leader.get()));
    boolean counts = calm && !fleet.quorumWasLost(killedMs, Wait.nowMs(), 0);
    journal.say("scraped again after %d ms%s".formatted(tookMs, counts ? "" : ", not counted"));
    if (counts) {
      failovers.count(tookMs < 0 ? Duration.ofMinutes(1).toMillis() : tookMs);
    }
  }

  /// Takes everything back.
  void healAll() throws IOException {
    if (net.shapes()) {
      for (Member member : fleet.members()) {
        net.lose(member.id(), 0);
      }
    }
  }
}
