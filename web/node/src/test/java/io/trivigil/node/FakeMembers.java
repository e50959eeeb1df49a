package io.trivigil.node;

import io.trivigil.config.version.ConfigBundle;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.Sealer;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.PeerSight;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.ratis.ClusterAccess;
import io.trivigil.raft.ratis.RatisConfig;
import io.trivigil.rules.query.PromqlExpressions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// The configuration of several members over one log in memory; `n1` leads. A private lock orders
/// the entries.
final class FakeMembers implements AutoCloseable {
  private final Object lock = new Object();
  private final Map<String, Member> members = new TreeMap<>();
  private final List<byte[]> entries = new ArrayList<>();
  private final String leader = "n1";
  private volatile List<String> handedTo = List.of();

  /// One member: its disk survives, the rest is new after a start.
  final class Member implements ConfigBundle.Source, ReplicatedLog {
    final String id;
    final Map<String, String> disk = new HashMap<>();
    final Metrics metrics = new Metrics();
    ConfigMachine machine = new ConfigMachine();
    Configs configs;

    private CompletableFuture<?> way = CompletableFuture.completedFuture(null); // by the lock

    private Member(String id, ConfigOptions options, List<byte[]> keys) throws Exception {
      this.id = id;
      this.configs = assemble(options, keys);
    }

    private Configs assemble(ConfigOptions options, List<byte[]> keys) {
      NodeOptions node = FakeMembers.options(id, options);
      Engine engine = new Engine(EngineOptions.defaults());
      return new Configs(
          node,
          ConfigFolder.of("/conf/prometheus.yml", Optional.empty()),
          this,
          new ConfigLoader(new PromqlExpressions(() -> engine, System::nanoTime)),
          new Sealer(keys, new Random(id.hashCode())),
          machine,
          InstantSource.system(),
          metrics);
    }

    @Override
    public Optional<String> file(String path) {
      synchronized (disk) {
        return Optional.ofNullable(disk.get(path));
      }
    }

    void write(String text) {
      synchronized (disk) {
        disk.put("/conf/prometheus.yml", text);
      }
    }

    @Override
    public List<String> glob(String pattern) {
      return List.of();
    }

    @Override
    public Optional<String> variable(String name) {
      return Optional.empty();
    }

    /// What this member proposes from now on arrives when the answer is completed.
    CompletableFuture<Void> holdBack() {
      synchronized (lock) {
        CompletableFuture<Void> until = new CompletableFuture<>();
        way = until;
        return until;
      }
    }

    @Override
    public CompletableFuture<Outcome> propose(byte[] command) {
      synchronized (lock) {
        CompletableFuture<Outcome> arrived = way.thenCompose(_ -> arrive(command));
        way = arrived; // in the order in which they were sent
        return arrived;
      }
    }

    private CompletableFuture<Outcome> arrive(byte[] command) {
      synchronized (lock) {
        entries.add(command);
        byte[] answer = {};
        for (Member member : members.values()) {
          byte[] own = member.apply(entries.size(), command);
          answer = member == this ? own : answer;
        }
        return CompletableFuture.completedFuture(new Outcome.Applied(entries.size(), answer));
      }
    }

    private byte[] apply(long index, byte[] command) {
      ByteReader in = new ByteReader(Arrays.copyOfRange(command, 1, command.length));
      byte[] answer = machine.apply(index * 1_000, ConfigCommand.decode(in)).encode();
      configs.wake();
      return answer;
    }

    @Override
    public CompletableFuture<Outcome> proposeAsLeader(long term, byte[] command) {
      return leader.equals(id)
          ? propose(command)
          : CompletableFuture.completedFuture(new Outcome.NotLeader("n1 leads"));
    }

    @Override
    public long appliedIndex() {
      return status().appliedIndex();
    }

    @Override
    public LogStatus status() {
      List<LogStatus.Member> all = new ArrayList<>();
      for (String member : List.of("n1", "n2", "n3")) {
        all.add(new LogStatus.Member(member, member + ":1", true, -1, -1, 0, 0));
      }
      boolean leads = leader.equals(id);
      return new LogStatus(
          id,
          leader,
          1,
          leads ? LogStatus.Role.LEADER : LogStatus.Role.FOLLOWER,
          leads,
          0,
          0,
          0,
          0,
          all);
    }

    @Override
    public CompletableFuture<Boolean> transferLeadership(String nodeId) {
      List<String> more = new ArrayList<>(handedTo);
      more.add(id + "->" + nodeId);
      handedTo = List.copyOf(more);
      return CompletableFuture.completedFuture(false);
    }

    @Override
    public PeerSight sight() {
      throw new UnsupportedOperationException("nobody asks for it here");
    }

    @Override
    public CompletableFuture<Void> applied(long index) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Long> readIndex() {
      return CompletableFuture.completedFuture(0L);
    }

    @Override
    public CompletableFuture<Long> linearizable() {
      return CompletableFuture.completedFuture(0L);
    }

    @Override
    public CompletableFuture<Long> snapshot() {
      return CompletableFuture.completedFuture(0L);
    }

    @Override
    public void close() {
      configs.close();
    }
  }

  private static NodeOptions options(String id, ConfigOptions config) {
    return new NodeOptions(
        "test",
        id,
        List.of(new RatisConfig.Peer(id, "127.0.0.1", 1)),
        Path.of("nowhere"),
        "/conf/prometheus.yml",
        Optional.empty(),
        config,
        "http://" + id,
        "http://" + id,
        Duration.ofDays(15),
        Duration.ofDays(5),
        Duration.ofMinutes(5),
        Duration.ofMinutes(2),
        50_000_000,
        Duration.ofMinutes(1),
        List.of(),
        LogLimits.DEFAULT,
        Optional.empty(),
        ClusterAccess.DEFAULT,
        io.trivigil.node.failopen.FailOpenSettings.DEFAULT,
        StoreOptions.DEFAULT);
  }

  /// Starts a member with these files; a second start is a restart, with what was replicated.
  Member start(String id, String text, ConfigOptions options, List<byte[]> keys) throws Exception {
    Member member = new Member(id, options, keys);
    member.write(text);
    synchronized (lock) {
      Member before = members.get(id);
      if (before != null) {
        before.close();
        member.machine.restore(before.machine.sections());
      } else {
        for (int i = 0; i < entries.size(); i++) {
          member.apply(i + 1, entries.get(i));
        }
      }
      member.configs.readLocal(_ -> {});
      members.put(id, member);
    }
    member.configs.start(member);
    if (id.equals(leader)) {
      member.configs.lead(1);
    }
    return member;
  }

  List<String> handedTo() {
    return handedTo;
  }

  @Override
  public void close() {
    members.values().forEach(Member::close);
  }
}
