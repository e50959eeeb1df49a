package io.trivigil.chaos;

import io.trivigil.lab.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/// The faults, in random order. Those that a quorum hardly feels (loss, narrow links, wrong clocks)
/// go on while others come; the rest is waited for. Confined to one thread.
final class Faults {
  private static final Duration CALM_LIMIT = Duration.ofSeconds(40);
  private static final long[] CLOCK_STEPS_MS = {-3_600_000, -2_000, -300, 300, 2_000, 3_600_000};

  /// By then the nodes have told each other that a clock is right again.
  private static final long CLOCKS_COMPARED_MS = 2_000;

  /// Something that can fail to be done.
  private interface Step {
    void run() throws IOException;
  }

  /// A fault that goes on in the background.
  private record Lasting(Journal.Fault fault, long endMs, Step undo) {}

  private final Fleet fleet;
  private final Net net;
  private final Journal journal;
  private final Failovers failovers;
  private final Random random;
  private final int leaderKills;
  private final boolean disks;
  private final Deque<Kind> deck = new ArrayDeque<>();
  private final List<Lasting> lasting = new ArrayList<>();

  /// @param leaderKills how many kills of a leader there are to one of each other fault
  Faults(
      Fleet fleet,
      Net net,
      Journal journal,
      Failovers failovers,
      Random random,
      int leaderKills,
      boolean disks) {
    this.fleet = fleet;
    this.net = net;
    this.journal = journal;
    this.failovers = failovers;
    this.random = random;
    this.leaderKills = leaderKills;
    this.disks = disks;
  }

  /// Does the next thing and waits until all nodes are ready again.
  void step() throws IOException {
    endLasting(one -> one.endMs() <= Wait.nowMs());
    if (deck.isEmpty()) {
      deck.addAll(Kind.deck(leaderKills, net.links(), disks, random));
    }
    Optional<Member> leader = fleet.leader();
    if (leader.isEmpty()) {
      journal.say("nobody leads");
      fleet.awaitCalm(CALM_LIMIT);
      return;
    }
    act(deck.remove(), leader.get());
    if (!fleet.awaitCalm(CALM_LIMIT)) {
      journal.wrong(
          Wait.nowMs(), "not all nodes are ready after %d s".formatted(CALM_LIMIT.toSeconds()));
    }
    Wait.pause(random.nextInt(1_500));
  }

  private void act(Kind kind, Member leader) throws IOException {
    List<Member> followers = new ArrayList<>(fleet.others(leader));
    Collections.shuffle(followers, random);
    Member follower = followers.getFirst();
    Member any = fleet.members().get(random.nextInt(3));
    switch (kind) {
      case KILL_LEADER -> killLeader(leader);
      case KILL_FOLLOWER -> kill(kind, List.of(follower));
      case KILL_TWO -> kill(kind, random.nextBoolean() ? List.of(leader, follower) : followers);
      case KILL_ALL -> kill(kind, fleet.members());
      case STOP_LEADER -> stop(kind, leader);
      case STOP_FOLLOWER -> stop(kind, follower);
      case PAUSE_LEADER -> pause(kind, leader);
      case PAUSE_FOLLOWER -> pause(kind, follower);
      case ISOLATE -> isolate(any, any.equals(leader));
      case CUT_LEADER -> cutLeader(leader, followers);
      case CUT_PAIR -> cutPair(any, leader.equals(any) ? follower : leader);
      case CUT_ONE_WAY -> cutOneWay(any, fleet.others(any).get(random.nextInt(2)));
      case LOSS -> {
        int percent = random.nextInt(5, 31);
        net.lose(any.id(), percent);
        last(kind, any.id() + " " + percent + " %", () -> net.lose(any.id(), 0));
      }
      case NARROW -> {
        net.narrow(any.id(), 1_000);
        last(kind, any.id() + " 1 Mbit/s", () -> net.narrow(any.id(), 0));
      }
      case CLOCK -> setClock(any, CLOCK_STEPS_MS[random.nextInt(CLOCK_STEPS_MS.length)]);
      case WRONG_START -> {
        setClock(any, random.nextBoolean() ? 3_600_000 : -3_600_000);
        kill(
            kind,
            random.nextBoolean() ? fleet.members() : List.of(any, fleet.others(any).getFirst()));
      }
      case DISK_FULL -> fill(any);
      case RESTART_LOOP -> killWhileStarting(leader);
      case WIPE -> wipe(follower);
    }
  }

  /// Sets one clock wrong, and all others right before: nobody can tell if most of them are wrong.
  private void setClock(Member member, long stepMs) throws IOException {
    if (endLasting(one -> one.fault().kind.equals(Kind.CLOCK.text))) {
      Wait.pause(CLOCKS_COMPARED_MS);
    }
    Files.writeString(member.clockFile(), Long.toString(stepMs));
    last(
        Kind.CLOCK,
        member.id() + " " + stepMs + " ms",
        () -> Files.deleteIfExists(member.clockFile()));
  }

  private void killLeader(Member leader) {
    boolean calm = fleet.calm();
    Journal.Fault fault = journal.begin(Kind.KILL_LEADER.text, leader.id());
    long killedMs = leader.kill();
    journal.end(fault);
    long tookMs = failovers.measure(killedMs, fleet.others(leader));
    boolean clear =
        calm
            && !fleet.quorumWasLost(killedMs, Wait.nowMs(), 0)
            && journal.faults(killedMs - 5_000, Wait.nowMs()).stream()
                .noneMatch(f -> f.kind.equals(Kind.CLOCK.text));
    List<Journal.Fault> beside =
        journal.faults(killedMs, Wait.nowMs()).stream().filter(f -> f != fault).toList();
    journal.say(
        "scraped again after %d ms%s%s"
            .formatted(
                tookMs, beside.isEmpty() ? "" : " beside " + beside, clear ? "" : ", not counted"));
    if (clear) {
      long countedMs = tookMs < 0 ? Failovers.LIMIT_MS : tookMs;
      failovers.count(
          beside.isEmpty() ? Failovers.KILL : Failovers.KILL_BESIDE, killedMs, countedMs);
    }
  }

  private void kill(Kind kind, List<Member> victims) {
    Journal.Fault fault =
        journal.begin(kind.text, String.join(" ", victims.stream().map(Member::id).toList()));
    victims.parallelStream().forEach(Member::kill);
    journal.end(fault);
    fleet.changed();
  }

  private void stop(Kind kind, Member member) {
    Journal.Fault fault = journal.begin(kind.text, member.id());
    long stoppedMs = Wait.nowMs();
    Thread stopping = Thread.ofVirtual().start(member::stop);
    if (kind == Kind.STOP_LEADER) {
      measure(kind, stoppedMs, fleet.others(member));
    }
    join(stopping);
    journal.end(fault);
  }

  private void pause(Kind kind, Member member) throws IOException {
    long lengthMs = (long) (200 * Math.pow(75, random.nextDouble())); // 0.2 s to 15 s
    Journal.Fault fault = journal.begin(kind.text, member.id() + " " + lengthMs + " ms");
    long pausedMs = Wait.nowMs();
    member.pause();
    fleet.changed();
    if (kind == Kind.PAUSE_LEADER && lengthMs > 4_000) {
      measure(kind, pausedMs, fleet.others(member));
    }
    Wait.pause(lengthMs - (Wait.nowMs() - pausedMs));
    member.resume();
    fleet.changed();
    journal.end(fault);
  }

  private void isolate(Member member, boolean leads) throws IOException {
    hold(
        Kind.ISOLATE,
        member.id(),
        () -> {
          net.isolate(member.id());
          fleet.isolate(member.id(), true);
        },
        () -> {
          net.rejoin(member.id());
          fleet.isolate(member.id(), false);
        },
        leads ? fleet.others(member) : List.of());
  }

  private void cutLeader(Member leader, List<Member> followers) throws IOException {
    hold(
        Kind.CUT_LEADER,
        leader.id(),
        () -> {
          for (Member follower : followers) {
            link(leader, follower, true);
            link(follower, leader, true);
          }
        },
        () -> {
          for (Member follower : followers) {
            link(leader, follower, false);
            link(follower, leader, false);
          }
        },
        followers);
  }

  private void cutPair(Member a, Member b) throws IOException {
    hold(
        Kind.CUT_PAIR,
        a.id() + " " + b.id(),
        () -> {
          link(a, b, true);
          link(b, a, true);
        },
        () -> {
          link(a, b, false);
          link(b, a, false);
        },
        List.of());
  }

  private void cutOneWay(Member from, Member to) throws IOException {
    hold(
        Kind.CUT_ONE_WAY,
        from.id() + " to " + to.id(),
        () -> link(from, to, true),
        () -> link(from, to, false),
        List.of());
  }

  private void link(Member from, Member to, boolean cut) throws IOException {
    if (cut) {
      net.cut(from.id(), to.id());
    } else {
      net.join(from.id(), to.id());
    }
    fleet.cut(from.id(), to.id(), cut);
  }

  /// Breaks something for two to ten seconds and mends it again.
  private void hold(Kind kind, String where, Step breaks, Step mends, List<Member> measured)
      throws IOException {
    long lengthMs = random.nextLong(2_000, 10_000);
    Journal.Fault fault = journal.begin(kind.text, where);
    long fromMs = Wait.nowMs();
    breaks.run();
    if (!measured.isEmpty()) {
      measure(kind, fromMs, measured);
    }
    Wait.pause(lengthMs - (Wait.nowMs() - fromMs));
    mends.run();
    journal.end(fault);
  }

  private void fill(Member member) throws IOException {
    Journal.Fault fault = journal.begin(Kind.DISK_FULL.text, member.id());
    Disks.fill(member.data());
    Wait.pause(random.nextLong(10_000, 30_000)); // segments of the log are made beforehand
    Disks.free(member.data());
    journal.end(fault);
    Wait.pause(1_000);
  }

  private void killWhileStarting(Member member) {
    Journal.Fault fault = journal.begin(Kind.RESTART_LOOP.text, member.id());
    for (int i = 0; i < 3; i++) {
      int starts = member.starts();
      member.kill();
      fleet.changed();
      Wait.until(Duration.ofSeconds(5), () -> member.starts() > starts);
      Wait.pause(random.nextLong(200, 4_000));
    }
    member.kill();
    journal.end(fault);
  }

  private void wipe(Member member) throws IOException {
    Journal.Fault fault = journal.begin(Kind.WIPE.text, member.id());
    member.hold();
    member.process().kill();
    fleet.changed();
    Disks.wipe(member.data());
    member.release();
    journal.end(fault);
  }

  private void measure(Kind kind, long fromMs, List<Member> others) {
    long tookMs = failovers.measure(fromMs, others);
    journal.say("scraped again after %d ms".formatted(tookMs));
    if (!fleet.quorumWasLost(fromMs, Wait.nowMs(), 0)) {
      failovers.count(kind.text, fromMs, tookMs < 0 ? Failovers.LIMIT_MS : tookMs);
    }
  }

  private void last(Kind kind, String where, Step undo) {
    long endMs = Wait.nowMs() + random.nextLong(5_000, 20_000);
    lasting.add(new Lasting(journal.begin(kind.text, where), endMs, undo));
  }

  /// Takes back what still lasts and is asked for; whether there was any.
  private boolean endLasting(Predicate<Lasting> asked) throws IOException {
    List<Lasting> due = lasting.stream().filter(asked).toList();
    for (Lasting one : due) {
      one.undo().run();
      lasting.remove(one); // what could not be taken back stays due
      journal.end(one.fault());
    }
    return !due.isEmpty();
  }

  /// Takes everything back that still lasts.
  void healAll() throws IOException {
    endLasting(_ -> true);
  }

  private static void join(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(20));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
