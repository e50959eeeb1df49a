package io.trivigil.raft.ratis;

import io.trivigil.raft.EntryCodec;
import io.trivigil.raft.GroupCommit;
import io.trivigil.raft.LogMetrics;
import io.trivigil.raft.LogMetrics.NotTaken;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.PeerSight;
import io.trivigil.raft.ReadBarrier;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.StateMachine;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The replicated log over Ratis. Thread-safe.
///
/// [#start] returns as soon as the node listens; a blank node then founds or joins its cluster in
/// the background, and until it has, proposals end as [Outcome.NotLeader].
public final class RatisLog implements ReplicatedLog {

  /// What the log takes from outside.
  ///
  /// @param clock wall time; dates entries while this node leads
  /// @param nanoTicker elapsed time, nanoseconds
  /// @param incarnations makes the id of a new data directory; random in production
  /// @param halt told once, on a thread of its own, when the log can not go on; ends the process.
  ///   The reason's message names the index, where there is one
  public record Environment(
      InstantSource clock,
      LongSupplier nanoTicker,
      Supplier<UUID> incarnations,
      Consumer<Throwable> halt) {

    /// The machine's own clocks and chance.
    public static Environment system(Consumer<Throwable> halt) {
      return new Environment(InstantSource.system(), System::nanoTime, UUID::randomUUID, halt);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(RatisLog.class);

  private final RatisConfig config;
  private final LogMetrics metrics = new LogMetrics();
  private final HaltSwitch halt;
  private final ApplyThread apply;
  private final Snapshots snapshots;
  private final MachineAdapter adapter;
  private final GroupCommit commits;
  private final ScheduledExecutorService gathering;
  private final RatisNode node;
  private final ReadBarrier reads =
      new ReadBarrier(() -> send(EntryCodec.ANY_TERM, List.of())); // no command, so no answer

  private RatisLog(RatisConfig config, StateMachine machine, Environment environment)
      throws IOException {
    this.config = config;
    this.halt =
        new HaltSwitch(
            config.nodeId(),
            reason -> {
              if (reason instanceof NodeRemovedException) {
                DataDirectory.markRemoved(config.directory(), String.valueOf(reason.getMessage()));
              }
              halt(reason, environment.halt());
            });
    this.apply = new ApplyThread(config.nodeId());
    this.snapshots =
        new Snapshots(
            config.nodeId(),
            machine,
            metrics,
            config.limits(),
            halt,
            environment.nanoTicker(),
            this::purgeBehind);
    this.adapter =
        new MachineAdapter(
            machine, environment.clock(), metrics, apply, snapshots, halt, new FromMachine());
    this.gathering =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("raft-gather-" + config.nodeId()).daemon(true).factory());
    this.commits =
        new GroupCommit(
            config.limits(), config.entriesInFlight(), pace(config, environment), this::send);
    this.node =
        new RatisNode(
            config, environment, metrics, adapter, halt, index -> adapter.applied().reached(index));
  }

  /// A leader that can not go on hands over first, as far as it can: the others need not wait for
  /// its silence.
  private void halt(Throwable reason, Consumer<Throwable> handler) {
    try {
      node.handOverBeforeClose();
    } catch (RuntimeException e) { // whatever is wrong with the log, the node must end
      LOG.info("leadership not handed over before the halt reason={}", e.toString());
    }
    handler.accept(reason);
  }

  /// Starts this node's log. Returns once its port listens.
  ///
  /// @throws IOException if the directory or the port can not be used
  /// @throws LogHaltedException if the directory belongs to another node or cluster
  public static RatisLog start(RatisConfig config, StateMachine machine, Environment environment)
      throws IOException {
    RatisLog log = new RatisLog(config, machine, environment);
    try {
      log.node.start(log.snapshots.durable());
      return log;
    } catch (IOException | RuntimeException e) {
      log.close();
      throw e;
    }
  }

  @Override
  public CompletableFuture<Outcome> propose(byte[] command) {
    return counted(commits.propose(EntryCodec.ANY_TERM, command));
  }

  @Override
  public CompletableFuture<Outcome> proposeAsLeader(long term, byte[] command) {
    if (term <= 0) {
      throw new IllegalArgumentException("not a term: " + term);
    }
    return counted(commits.propose(term, command));
  }

  private CompletableFuture<Outcome> counted(CompletableFuture<Outcome> outcome) {
    var _ =
        outcome.thenAccept(
            it -> {
              switch (it) {
                case Outcome.Applied _ -> {}
                case Outcome.NotLeader _ -> metrics.refused(NotTaken.NOT_LEADER);
                case Outcome.Unknown _ -> metrics.refused(NotTaken.UNKNOWN);
                case Outcome.Rejected(String reason) ->
                    metrics.refused(
                        reason.startsWith(GroupCommit.TOO_LARGE)
                            ? NotTaken.TOO_LARGE
                            : NotTaken.TOO_MUCH_PENDING);
              }
            });
    return outcome;
  }

  /// A node on its own holds nothing back: an entry costs it little more than an fsync.
  private GroupCommit.Pace pace(RatisConfig config, Environment environment) {
    return config.peers().size() == 1
        ? GroupCommit.Pace.NONE
        : GroupCommit.Pace.usual(environment.nanoTicker(), this::later);
  }

  private void later(long nanos, Runnable task) {
    var _ = gathering.schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  private CompletableFuture<GroupCommit.Reply> send(long requiredTerm, List<byte[]> commands) {
    Submitter submitter = node.submitter();
    if (submitter == null) {
      return CompletableFuture.completedFuture(
          new GroupCommit.Reply.Refused("the node has not joined its cluster yet"));
    }
    return submitter.send(requiredTerm, commands);
  }

  @Override
  public LogStatus status() {
    return node.status();
  }

  @Override
  public long appliedIndex() {
    return adapter.applied().get();
  }

  @Override
  public PeerSight sight() {
    return node.sight();
  }

  @Override
  public CompletableFuture<Void> applied(long index) {
    return adapter.applied().reached(index);
  }

  @Override
  public CompletableFuture<Long> linearizable() {
    return reads.pass();
  }

  @Override
  public CompletableFuture<Long> readIndex() {
    Submitter submitter = node.submitter();
    return submitter == null
        ? CompletableFuture.failedFuture(
            new IllegalStateException("the node has not joined its cluster yet"))
        : submitter.readIndex();
  }

  @Override
  public CompletableFuture<Boolean> transferLeadership(String nodeId) {
    return node.transferLeadership(nodeId);
  }

  @Override
  public CompletableFuture<Long> snapshot() {
    return adapter.snapshot();
  }

  RatisNode node() {
    return node;
  }

  /// Counts of this node.
  public LogMetrics metrics() {
    return metrics;
  }

  /// Bytes of proposals that wait or are in flight here.
  public long pendingBytes() {
    return commits.pendingBytes();
  }

  /// Connections between nodes that this process has given up because nothing of what was sent on
  /// them was acknowledged for [RatisConfig#STILL_CONNECTION].
  public long connectionsGivenUp() {
    return StillConnections.givenUp();
  }

  /// Removes a node from the cluster; may be asked of any member. Refused where the members that
  /// would be left could not decide anything. If the node leads, it hands over first.
  ///
  /// Completes with an empty text once the node is out, else with why not.
  public CompletableFuture<String> removeMember(String nodeId) {
    return node.removeMember(nodeId);
  }

  /// How many connections on the cluster port came to nothing for this reason.
  public long refusedConnections(Refusal reason) {
    return node.doorkeeper().count(reason);
  }

  /// The configuration this log was started with.
  public RatisConfig config() {
    return config;
  }

  private void purgeBehind(long index) {
    node.purgeBehind(index);
  }

  /// Stops. A leader hands over first, if another node can take over within a second.
  @Override
  public void close() {
    node.handOverBeforeClose();
    abandon();
  }

  /// Stops without a word to the others.
  void abandon() {
    adapter.closing();
    commits.close();
    gathering.shutdown(); // nothing is held back any more
    node.close();
    apply.close();
    snapshots.close();
    adapter.applied().close();
  }

  /// What the adapter tells of.
  private final class FromMachine implements MachineAdapter.Events {
    @Override
    public void leaderReady(long term) {
      node.whenAttached(submitter -> beginTerm(submitter, term));
    }

    @Override
    public void becameReady() {
      node.sight().oldLeaderHeardNanosAgo().ifPresent(metrics::failedOver);
    }

    @Override
    public void membersChanged() {
      Submitter submitter = node.submitter();
      if (submitter != null) {
        submitter.membersChanged();
      }
    }

    @Override
    public void entersLog(RaftClientRequest request) {
      Submitter submitter = node.submitter();
      if (submitter != null) {
        submitter.entersLog(request);
      }
    }

    /// Proposes the first entry of the term. It has no commands; that it was applied here makes the
    /// leader ready, and it moves the log's time on.
    private void beginTerm(Submitter submitter, long term) {
      var _ =
          submitter
              .send(term, List.of())
              .thenAccept(
                  reply -> {
                    LogStatus now = node.status();
                    boolean again =
                        !(reply instanceof GroupCommit.Reply.Committed)
                            && now.role() == LogStatus.Role.LEADER
                            && now.term() == term
                            && !now.ready();
                    if (again) {
                      beginTerm(submitter, term);
                    }
                  });
    }
  }
}
