package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.state.AlertmanagerMachine;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.alertmanager.state.Payload;
import io.trivigil.model.metric.Metrics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A simulated cluster of three nodes on one thread: a log, clocks that differ, receivers that
/// fail, leaders that change. Everything that happens follows from the seed.
final class World {
  /// What may go wrong, in percent of all cases.
  record Faults(int proposals, int receivers, long skewMs) {
    static final Faults NONE = new Faults(0, 0, 0);
  }

  /// One request as the receiver saw it.
  record Request(
      long atMs,
      String node,
      Attempt attempt,
      boolean taken,
      boolean answered,
      boolean certainlyKnown) {}

  private record Event(long atMs, long order, Runnable run) {}

  static final long START_MS = 1_700_000_000_000L;

  final RandomGenerator random;
  final Faults[] faults = {Faults.NONE};
  final List<Node> nodes = new ArrayList<>();
  final List<Request> requests = new ArrayList<>();
  final List<byte[]> log = new ArrayList<>();
  private final List<Long> logTimes = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::atMs).thenComparingLong(Event::order));
  private final AlertmanagerConfig config;
  private final DispatchSettings settings;
  private final Optional<Heartbeat> heartbeat;
  UnaryOperator<Command> onCommit = UnaryOperator.identity();
  private long order;
  long nowMs = START_MS;
  long term;
  @Nullable Node leader;
  private int attempts;

  World(long seed, AlertmanagerConfig config, DispatchSettings settings) {
    this(seed, config, settings, Optional.empty());
  }

  World(
      long seed,
      AlertmanagerConfig config,
      DispatchSettings settings,
      Optional<Heartbeat> heartbeat) {
    this.heartbeat = heartbeat;
    this.random = new java.util.SplittableRandom(seed);
    this.config = config;
    this.settings = settings;
    for (String id : List.of("n1", "n2", "n3")) {
      nodes.add(new Node(id));
    }
  }

  void at(long delayMs, Runnable run) {
    events.add(new Event(nowMs + delayMs, order++, run));
  }

  /// Lets the time pass.
  void run(Duration time) {
    long untilMs = nowMs + time.toMillis();
    while (!events.isEmpty() && events.peek().atMs() <= untilMs) {
      Event next = events.remove();
      nowMs = Math.max(nowMs, next.atMs());
      next.run().run();
    }
    nowMs = untilMs;
  }

  boolean chance(int percent) {
    return percent > 0 && random.nextInt(100) < percent;
  }

  private long upTo(long ms) {
    return faults[0].equals(Faults.NONE) ? 0 : random.nextLong(ms + 1);
  }

  /// Makes a node the leader; the old one learns of it later, or never if it dies.
  void lead(Node next, long oldLearnsAfterMs) {
    Node old = leader;
    term++;
    leader = next;
    if (old != null) {
      Leadership work = old.work;
      at(oldLearnsAfterMs, () -> old.end(work));
    }
    long newTerm = term;
    int mustApply = log.size();
    at(
        200 + upTo(300),
        () -> {
          if (term == newTerm && !next.dead) {
            next.applyUpTo(mustApply);
            next.begin(newTerm);
          }
        });
  }

  /// Commits a command as the true leader's rule runs do.
  void commit(Command command) {
    Node at = leader;
    if (at != null && !at.dead) {
      append(CommandCodec.encode(command), at);
    }
  }

  private int append(byte[] command, Node by) {
    long before = logTimes.isEmpty() ? 0 : logTimes.getLast();
    byte[] written = CommandCodec.encode(onCommit.apply(CommandCodec.decode(command)));
    log.add(written);
    logTimes.add(Math.max(before, by.clockMs()));
    int index = log.size();
    for (Node node : nodes) {
      at(
          1 + upTo(60),
          () -> {
            if (!node.dead) {
              node.applyUpTo(index);
            }
          });
    }
    return index;
  }

  /// One node.
  final class Node {
    final String id;
    long skewMs;
    boolean dead;
    AlertmanagerMachine machine = new AlertmanagerMachine(Limits.DEFAULT);
    private int applied;
    private final List<byte[]> answers = new ArrayList<>();
    private @Nullable Leadership work;
    private long nextTickMs = Long.MAX_VALUE;
    private int life;

    Node(String id) {
      this.id = id;
    }

    long clockMs() {
      return nowMs + skewMs;
    }

    void applyUpTo(int index) {
      while (applied < index) {
        answers.add(machine.apply(logTimes.get(applied), log.get(applied)));
        applied++;
      }
      wake();
    }

    int applied() {
      return applied;
    }

    /// Dies with everything that it has not committed.
    void die() {
      dead = true;
      life++;
      end(work);
    }

    /// Is there again, from a snapshot of its own state or from the log.
    void revive(boolean fromSnapshot) {
      dead = false;
      AlertmanagerMachine fresh = new AlertmanagerMachine(Limits.DEFAULT);
      if (fromSnapshot) {
        fresh.restore(machine.sections());
      } else {
        applied = 0;
        answers.clear();
      }
      machine = fresh;
      applyUpTo(log.size());
    }

    void begin(long newTerm) {
      work =
          new Leadership(
              ports(),
              new Decider(settings, new SilenceMatchers()),
              newTerm,
              this::wake,
              new HashSet<>(),
              Optional.empty());
      wake();
    }

    @SuppressWarnings("ReferenceEquality") // one object for each term
    void end(@Nullable Leadership ended) {
      if (ended != null) {
        ended.end();
        work = work == ended ? null : work;
      }
    }

    private void wake() {
      tickAt(nowMs);
    }

    private void tickAt(long atMs) {
      if (work == null || atMs >= nextTickMs) {
        return;
      }
      nextTickMs = atMs;
      at(
          Math.max(0, atMs - nowMs),
          () -> {
            if (nextTickMs != atMs) {
              return; // another tick came first
            }
            nextTickMs = Long.MAX_VALUE;
            Leadership now = work;
            if (now != null && !dead) {
              long wakeMs = now.tick(nowMs);
              tickAt(
                  wakeMs == Long.MAX_VALUE ? nowMs + 60_000 : Math.max(nowMs + 1, wakeMs - skewMs));
            }
          });
    }

    private DispatchPorts ports() {
      int born = life;
      Setup setup = new Setup(config, World::render, heartbeat);
      return new DispatchPorts(
          id,
          settings,
          () -> machine.view(),
          () -> setup,
          new SimLog(this, born),
          (attempt, _, timeout, mayWrite) -> send(this, born, attempt, timeout, mayWrite),
          () -> Instant.ofEpochMilli(clockMs()),
          () -> nowMs * 1_000_000,
          _ -> "a%04d".formatted(attempts++),
          (delay, task) -> later(delay, born, task),
          new DispatchMetrics(new Metrics()));
    }

    private void later(Duration delay, int born, Runnable task) {
      at(
          delay.toMillis(),
          () -> {
            if (life == born) {
              task.run();
            }
          });
    }
  }

  private static Payload render(
      Action.Notify notify, Action.Need need, String attemptId, long nowMs, int maxBytes) {
    String text = "%s %s %s %d".formatted(attemptId, need.destination(), need.reason(), nowMs);
    return new Payload(List.of(), text.getBytes(StandardCharsets.UTF_8));
  }

  /// The log as one node sees it: it refuses, loses answers, and takes late or twice.
  private final class SimLog implements CommandLog {
    private final Node node;
    private final int born;

    SimLog(Node node, int born) {
      this.node = node;
      this.born = born;
    }

    @Override
    public CompletableFuture<Fate> propose(byte[] command) {
      return propose(command, -1);
    }

    @Override
    public CompletableFuture<Fate> proposeAsLeader(long inTerm, byte[] command) {
      return propose(command, inTerm);
    }

    private CompletableFuture<Fate> propose(byte[] command, long inTerm) {
      CompletableFuture<Fate> fate = new CompletableFuture<>();
      at(1 + upTo(40), () -> arrive(command, inTerm, fate));
      return fate;
    }

    private void arrive(byte[] command, long inTerm, CompletableFuture<Fate> fate) {
      boolean refused = leader == null || leader.dead || node.dead;
      boolean deposed = inTerm >= 0 && (inTerm != term || leader != node);
      if (refused || deposed || chance(faults[0].proposals() / 2)) {
        answer(fate, new Fate.NotTaken("no leader here"));
        return;
      }
      if (chance(faults[0].proposals())) {
        answer(fate, new Fate.Unknown("lost"));
        if (chance(70)) {
          at(upTo(2_000), () -> late(command, inTerm)); // committed after all
        }
        return;
      }
      commitFor(command, fate);
      if (chance(faults[0].proposals() / 2)) {
        late(command, inTerm);
      }
    }

    private void late(byte[] command, long inTerm) {
      Node at = leader;
      if (at != null && !at.dead && (inTerm < 0 || inTerm == term)) {
        append(command, at);
      }
    }

    private void commitFor(byte[] command, CompletableFuture<Fate> fate) {
      int index = append(command, java.util.Objects.requireNonNull(leader));
      at(
          62,
          () -> {
            if (!node.dead && node.life == born) {
              node.applyUpTo(index);
              answer(fate, new Fate.Applied(node.answers.get(index - 1)));
            }
          });
    }

    private void answer(CompletableFuture<Fate> fate, Fate value) {
      if (node.life == born) {
        fate.complete(value);
      }
    }
  }

  /// How the next requests of stories end; null for chance.
  @Nullable String script;

  private CompletableFuture<Delivery> send(
      Node node, int born, Attempt attempt, Duration timeout, BooleanSupplier mayWrite) {
    CompletableFuture<Delivery> done = new CompletableFuture<>();
    long connectMs = upTo(800);
    at(
        connectMs,
        () -> {
          if (node.life != born) {
            return; // died before it wrote
          }
          if (!mayWrite.getAsBoolean()) {
            done.complete(new Delivery.NotWritten());
            return;
          }
          receive(node, born, attempt, Math.max(1, timeout.toMillis() - connectMs), done);
        });
    return done;
  }

  private void receive(
      Node node, int born, Attempt attempt, long leftMs, CompletableFuture<Delivery> done) {
    boolean before =
        requests.stream().anyMatch(r -> r.taken() && r.attempt().id().equals(attempt.id()));
    String end = script != null ? script : before ? "ok" : chanceOf();
    boolean taken = end.equals("ok") || end.equals("late") || end.equals("lost");
    Delivery delivery =
        switch (end) {
          case "ok", "late" -> new Delivery.Delivered();
          case "500" -> new Delivery.Retry("serverError", "unexpected status code 500");
          case "400" -> new Delivery.Failed("clientError", "unexpected status code 400");
          default -> new Delivery.Retry("contextDeadlineExceeded", "no answer");
        };
    long afterMs =
        switch (end) {
          case "ok", "500", "400" -> Math.min(leftMs, 5 + upTo(300));
          case "late" -> leftMs;
          default -> leftMs;
        };
    boolean answered = !end.equals("lost") && !end.equals("hang");
    requests.add(new Request(nowMs, node.id, attempt, taken, answered, taken && answered));
    at(
        afterMs,
        () -> {
          if (node.life == born) {
            done.complete(delivery);
          }
        });
  }

  private String chanceOf() {
    if (!chance(faults[0].receivers())) {
      return "ok";
    }
    return List.of("500", "500", "400", "hang", "lost", "late", "late").get(random.nextInt(7));
  }
}
