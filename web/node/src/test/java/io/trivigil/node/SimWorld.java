package io.trivigil.node;

import io.trivigil.alertmanager.dispatch.Delivery;
import io.trivigil.alertmanager.dispatch.Sender;
import io.trivigil.node.failopen.MergeLog;
import io.trivigil.raft.sim.SimulatedCluster;
import io.trivigil.scraper.discovery.Target;
import io.trivigil.scraper.loop.Fetcher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/// The targets that are watched and the receivers that are told, with what is true of them and how
/// they misbehave.
final class SimWorld implements SimNode.Surroundings {
  /// The targets' addresses.
  static final List<String> TARGETS = List.of("a:1", "b:1", "c:1");

  /// What may be true of a target.
  static final List<String> CONDITIONS = List.of("broken", "sick", "quiet");

  /// How a target answers.
  enum Mood {
    GOOD,
    HANGS,
    FAILS,
    /// It exposes other series than before.
    CHANGED
  }

  /// Every way to answer.
  static final List<Mood> MOODS = List.copyOf(EnumSet.allOf(Mood.class));

  private final SimulatedCluster cluster;
  private final Watch watch;
  private final SplittableRandom random;
  private final TreeSet<String> truths = new TreeSet<>();
  private final TreeMap<String, TreeMap<Long, Boolean>> seen = new TreeMap<>(); // since when, ms
  private final TreeMap<String, Mood> moods = new TreeMap<>();
  private final TreeSet<String> blind = new TreeSet<>();
  private boolean kind;

  SimWorld(SimulatedCluster cluster, Watch watch, SplittableRandom random) {
    this.cluster = cluster;
    this.watch = watch;
    this.random = random;
  }

  /// Makes a condition of a target true or untrue.
  void set(String condition, String target, boolean holds) {
    if (holds) {
      truths.add(condition + "/" + target);
    } else {
      truths.remove(condition + "/" + target);
    }
    note(condition + "/" + target);
  }

  /// Notes what every node can see from now on of what is true.
  private void note(String truth) {
    seen.computeIfAbsent(truth, _ -> new TreeMap<>())
        .put(cluster.clock().millis(), truths.contains(truth) && blind.isEmpty());
  }

  /// Whether a condition held without a break from one time to the other, ms, for all to see.
  boolean held(String condition, String target, long fromMs, long toMs) {
    TreeMap<Long, Boolean> history = seen.getOrDefault(condition + "/" + target, new TreeMap<>());
    Map.Entry<Long, Boolean> before = history.floorEntry(fromMs);
    return before != null
        && before.getValue()
        && !history.subMap(fromMs, true, toMs, true).containsValue(false);
  }

  boolean holds(String condition, String target) {
    return truths.contains(condition + "/" + target);
  }

  void mood(String target, Mood mood) {
    moods.put(target, mood);
  }

  /// Whether a node can not reach any target.
  void blind(String node, boolean now) {
    if (now) {
      blind.add(node);
    } else {
      blind.remove(node);
    }
    truths.forEach(this::note);
  }

  /// From now on all receivers behave.
  void kind() {
    kind = true;
  }

  /// From now on all targets and receivers behave, and every node reaches them.
  void calm() {
    kind();
    moods.clear();
    blind.clear();
    truths.forEach(this::note);
  }

  @Override
  public Fetcher fetcher(String node, SimWorkers workers) {
    return target -> {
      Mood mood =
          blind.contains(node)
              ? Mood.FAILS
              : moods.getOrDefault(target.url().getAuthority(), Mood.GOOD);
      long ms = mood == Mood.HANGS ? target.timeout().toMillis() : random.nextLong(1, 30);
      try {
        var _ = workers.await(new Semaphore(0), ms);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Fetcher.Fetched.Failed("interrupted", false);
      }
      return switch (mood) {
        case HANGS -> new Fetcher.Fetched.Failed("context deadline exceeded", false);
        case FAILS -> new Fetcher.Fetched.Failed("connection refused", false);
        case GOOD, CHANGED -> body(target, mood);
      };
    };
  }

  private Fetcher.Fetched body(Target target, Mood mood) {
    StringBuilder text = new StringBuilder("# TYPE requests_total counter\n");
    text.append("requests_total ").append(cluster.clock().millis() % 1_000_000).append('\n');
    for (String condition : CONDITIONS) {
      boolean holds = holds(condition, target.url().getAuthority());
      text.append(condition).append(holds ? " 1\n" : " 0\n");
    }
    if (mood == Mood.CHANGED) {
      text.append("extra{n=\"").append(random.nextInt(3)).append("\"} 1\n");
    }
    return new Fetcher.Fetched.Body(
        text.toString().getBytes(StandardCharsets.UTF_8), "text/plain; version=0.0.4");
  }

  @Override
  public MergeLog merging(String node, MergeLog log) {
    return new MergeLog() {
      @Override
      public CompletableFuture<Optional<byte[]>> propose(Kind kind, byte[] command) {
        return log.propose(kind, command);
      }

      @Override
      public void leftOut(String target, long slotMs, Left why) {
        watch.leftOut(node, target, slotMs, why);
      }
    };
  }

  @Override
  public Sender sender(String node) {
    return (attempt, integration, timeout, mayWrite) -> {
      CompletableFuture<Delivery> answer = new CompletableFuture<>();
      cluster.schedule(
          node,
          Duration.ofMillis(random.nextLong(0, 4)),
          () -> {
            if (mayWrite.getAsBoolean()) {
              int dice = kind ? 0 : random.nextInt(100);
              boolean taken = dice < 70 || (dice >= 80 && random.nextBoolean());
              boolean answers = dice < 90;
              watch.request(
                  new Watch.Request(
                      node, cluster.clock().millis(), attempt, taken, answers && taken));
              Delivery delivery =
                  !answers
                      ? new Delivery.Retry("contextDeadlineExceeded", "timed out")
                      : taken
                          ? new Delivery.Delivered()
                          : new Delivery.Retry("serverError", "unexpected status code 500");
              // From 80 on it answers late, from 90 on never.
              long ms = answers && dice < 80 ? random.nextLong(1, 50) : timeout.toMillis();
              answer(node, answer, delivery, dice < 90 && dice >= 80 ? ms * 3 / 4 : ms);
            } else {
              answer(node, answer, new Delivery.NotWritten(), 0);
            }
          });
      return answer;
    };
  }

  private void answer(
      String node, CompletableFuture<Delivery> answer, Delivery delivery, long afterMs) {
    cluster.schedule(node, Duration.ofMillis(afterMs), () -> answer.complete(delivery));
  }
}
