package io.trivigil.raft.ratis;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.Outcome;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Real nodes in one process, each with a directory, a port and a counter machine.
final class Cluster implements AutoCloseable {
  static final LogLimits SMALL =
      new LogLimits(
          512 << 10, 256 << 10, 32L << 20, 1 << 20, 1 << 20, 1 << 20, Duration.ofHours(1));

  /// How long a test waits for what must come, s: longer than the slowest machine needs, since who
  /// waits in vain fails either way.
  static final long PATIENCE_S = 120;

  private static final int FIRST_PORT = 22_000;
  private static final int PORTS = 2_000;
  private static final AtomicInteger NEXT_PORT = new AtomicInteger(new Random().nextInt(PORTS));

  final Path root;
  final String name;
  final List<RatisConfig.Peer> peers = new ArrayList<>();
  final Map<String, RatisLog> logs = new java.util.concurrent.ConcurrentSkipListMap<>();
  final Map<String, CounterMachine> machines = new TreeMap<>();
  final List<Throwable> halts = new CopyOnWriteArrayList<>();
  LogLimits limits = SMALL;
  Function<String, InstantSource> clock = _ -> InstantSource.system(); // by node
  UnaryOperator<RatisConfig> config = Cluster::steady;
  Function<String, ClusterAccess> access = _ -> ClusterAccess.DEFAULT;
  Function<Path, CounterMachine> machineFactory = CounterMachine::new;

  Cluster(Path root, String name, int size) throws IOException {
    this.root = root;
    this.name = name;
    for (int i = 1; i <= size; i++) {
      peers.add(new RatisConfig.Peer("n" + i, "127.0.0.1", port()));
    }
  }

  /// A free port, which has to be known before it is listened at: below those that the system gives
  /// to whoever connects or asks for any, so that nobody has it in between, nor while a node is
  /// away.
  private static int port() throws IOException {
    for (int i = 0; ; i++) {
      int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (BindException taken) {
        if (i == PORTS) {
          throw taken;
        }
      }
    }
  }

  Path directory(String node) {
    return root.resolve(node);
  }

  RatisConfig config(String node) {
    return RatisConfig.of(name, node, peers, directory(node).resolve("log"))
        .withLimits(limits)
        .withAccess(access.apply(node));
  }

  /// With elections so slow that a leader is seldom lost because a machine has too much to do: what
  /// a cluster has unless its test is of elections.
  static RatisConfig steady(RatisConfig config) {
    return withElections(config, Duration.ofSeconds(1));
  }

  /// With a shortest election timeout, and a longest that is a second longer.
  static RatisConfig withElections(RatisConfig config, Duration min) {
    return new RatisConfig(
        config.clusterName(),
        config.nodeId(),
        config.peers(),
        config.directory(),
        config.limits(),
        min,
        min.plusSeconds(1),
        config.proposeTimeout(),
        config.entriesInFlight(),
        config.access());
  }

  RatisLog start(String node) throws IOException {
    return start(node, config.apply(config(node)));
  }

  RatisLog start(String node, RatisConfig config) throws IOException {
    CounterMachine machine = machineFactory.apply(directory(node).resolve("state"));
    RatisLog log =
        RatisLog.start(
            config,
            machine,
            new RatisLog.Environment(
                clock.apply(node), System::nanoTime, UUID::randomUUID, halts::add));
    logs.put(node, log);
    machines.put(node, machine);
    return log;
  }

  /// Starts all nodes, and waits until each holds an entry: who asks for votes does not count those
  /// of a node whose log is empty, since it may have lost what it held.
  void startAll() throws IOException {
    for (RatisConfig.Peer peer : peers) {
      start(peer.id());
    }
    await(
        "all to be in",
        () -> logs.values().stream().allMatch(l -> l.status().committedIndex() >= 0));
  }

  void stop(String node) {
    RatisLog log = logs.remove(node);
    if (log != null) {
      log.close();
    }
  }

  /// Cuts a node off from all others, both ways; nobody's connection breaks, nothing arrives.
  void cutOff(String node) {
    logs.forEach(
        (_, log) ->
            log.node()
                .link(
                    (from, to) ->
                        PeerNames.nodeId(from).equals(node) == PeerNames.nodeId(to).equals(node)));
  }

  void heal() {
    logs.forEach((_, log) -> log.node().link((_, _) -> true));
  }

  /// As if the process were killed: nothing is handed over.
  void abandon(String node) {
    RatisLog log = logs.remove(node);
    if (log != null) {
      log.abandon();
    }
  }

  CounterMachine machine(String node) {
    return java.util.Objects.requireNonNull(machines.get(node));
  }

  RatisLog log(String node) {
    return java.util.Objects.requireNonNull(logs.get(node));
  }

  /// The node that leads and is ready, once there is one. Of several that believe it, one of them
  /// cut off, the one that was elected last. It may be another a moment later: look once, and keep
  /// to what was seen.
  String leader() {
    String[] leader = {""};
    await(
        "a ready leader",
        () -> {
          leader[0] = readyLeader().orElse("");
          return !leader[0].isEmpty();
        });
    return leader[0];
  }

  private Optional<String> readyLeader() {
    return logs.entrySet().stream()
        .map(e -> Map.entry(e.getKey(), e.getValue().status()))
        .filter(e -> e.getValue().ready())
        .max(Comparator.comparingLong(e -> e.getValue().term()))
        .map(Map.Entry::getKey);
  }

  /// All nodes that run but this one, by id.
  List<String> others(String node) {
    return logs.keySet().stream().filter(other -> !other.equals(node)).toList();
  }

  Outcome.Applied propose(String node, String key, long to) {
    try {
      Outcome outcome =
          log(node).propose(CounterMachine.set(key, to)).get(PATIENCE_S, TimeUnit.SECONDS);
      if (outcome instanceof Outcome.Applied applied) {
        return applied;
      }
      throw new AssertionError("not applied: " + outcome);
    } catch (Exception e) {
      throw new AssertionError("not proposed", e);
    }
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("still waiting for " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  LogStatus status(String node) {
    return log(node).status();
  }

  @Override
  public void close() {
    List.copyOf(logs.values()).parallelStream().forEach(RatisLog::abandon);
    logs.clear();
  }
}
