package io.trivigil.raft.ratis;

import io.trivigil.raft.AppliedIndex;
import io.trivigil.raft.Entry;
import io.trivigil.raft.EntryCodec;
import io.trivigil.raft.EntryCodec.Proposal;
import io.trivigil.raft.LogMetrics;
import io.trivigil.raft.StateMachine;
import io.trivigil.raft.StateMachine.Leadership;
import io.trivigil.raft.StateMachine.Position;
import io.trivigil.raft.TrustedClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands between Ratis' idea of a state machine and ours: decodes entries, stamps them on the
/// leader, keeps the log's time, runs everything on the apply thread and reports leadership.
///
/// Ratis calls from many threads, some of them under its locks, so nothing here waits but the
/// bringing of entries, which Ratis does on a thread of its own.
final class MachineAdapter extends BaseStateMachine {
  private static final Logger LOG = LoggerFactory.getLogger(MachineAdapter.class);

  /// Told on the leader when Ratis says that it is ready in `term`; a no-op is then proposed.
  interface Events {
    void leaderReady(long term);

    void membersChanged();

    /// This node may begin the leader's work.
    void becameReady();

    /// An entry of this node's own request passed every check and goes into the log now.
    void entersLog(RaftClientRequest request);
  }

  private final StateMachine machine;
  private final InstantSource clock;
  private final LogMetrics metrics;
  private final ApplyThread apply;
  private final Snapshots snapshots;
  private final HaltSwitch halt;
  private final Events events;
  private final AppliedIndex applied = new AppliedIndex();

  private volatile TermIndex lastApplied = TermIndex.INITIAL_VALUE;
  private volatile long handedOver = -1; // the last entry that Ratis gave us to apply
  private volatile long logTimeMs;
  private volatile boolean closing;
  private volatile RaftServer.@Nullable Division division;
  private volatile long ratisReadyTerm = -1; // the term in which Ratis called us a ready leader
  private volatile long readyTerm = -1; // the term in which the machine was told so
  private boolean failed; // apply thread only
  private volatile @Nullable RaftPeerId lastLeader;

  MachineAdapter(
      StateMachine machine,
      InstantSource clock,
      LogMetrics metrics,
      ApplyThread apply,
      Snapshots snapshots,
      HaltSwitch halt,
      Events events) {
    this.machine = machine;
    this.clock = clock;
    this.metrics = metrics;
    this.apply = apply;
    this.snapshots = snapshots;
    this.halt = halt;
    this.events = events;
    standAt(snapshots.durable());
  }

  AppliedIndex applied() {
    return applied;
  }

  long logTimeMs() {
    return logTimeMs;
  }

  long readyTerm() {
    return readyTerm;
  }

  /// From now on it is no surprise when Ratis closes.
  void closing() {
    closing = true;
  }

  private void standAt(Position position) {
    if (position.index() >= 0) {
      lastApplied = TermIndex.valueOf(position.term(), position.index());
      logTimeMs = Math.max(logTimeMs, position.logTimeMs());
      applied.advance(position.index());
    }
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage)
      throws IOException {
    super.initialize(server, groupId, storage);
    getLifeCycle()
        .startAndTransition(
            () -> {
              Path parent = storage.getStorageDir().getStateMachineDir().toPath();
              Files.createDirectories(parent);
              snapshots.open(parent);
              standAt(snapshots.durable());
            },
            IOException.class);
  }

  // ---- entries ----

  @Override
  public TransactionContext startTransaction(RaftClientRequest request) {
    ByteString content = request.getMessage().getContent();
    TransactionContext.Builder context =
        TransactionContext.newBuilder().setStateMachine(this).setClientRequest(request);
    try {
      long requiredTerm = EntryCodec.requiredTerm(content.asReadOnlyByteBuffer());
      // The leader's clock, and no other, dates the entry; before it is borne out the log's time
      // stands still. The rest is not copied.
      long nowMs = TrustedClock.isBorneOut(clock) ? clock.millis() : 0;
      ByteString stamp = UnsafeByteOperations.unsafeWrap(EntryCodec.stamp(nowMs));
      return context
          .setStateMachineContext(requiredTerm)
          .setLogData(stamp.concat(content.substring(EntryCodec.STAMP_BYTES)))
          .build();
    } catch (IllegalArgumentException e) {
      TransactionContext refused = context.setLogData(content).build();
      refused.setException(e);
      return refused;
    }
  }

  @Override
  public TransactionContext preAppendTransaction(TransactionContext transaction)
      throws IOException {
    // Called under Ratis' lock, in log order: the term can not change before the entry is in.
    if (transaction.getStateMachineContext() instanceof Long requiredTerm
        && requiredTerm != EntryCodec.ANY_TERM) {
      long term = term();
      if (term != requiredTerm) {
        throw new StateMachineException(
            "term is over: wanted=%d found=%d".formatted(requiredTerm, term), null, false);
      }
    }
    events.entersLog(transaction.getClientRequest());
    return transaction;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto proto = transaction.getLogEntry();
    ByteString data = proto.getStateMachineLogEntry().getLogData();
    long index = proto.getIndex();
    long term = proto.getTerm();
    Proposal proposal;
    try {
      int stamp = Math.min(EntryCodec.STAMP_BYTES, data.size());
      // On the leader these are two pieces of memory, which Ratis would copy into one.
      proposal =
          EntryCodec.decode(
              data.substring(0, stamp).asReadOnlyByteBuffer(),
              data.substring(stamp).asReadOnlyByteBuffer());
    } catch (IllegalArgumentException e) {
      halt.pull(new LogHaltedException("entry not readable at index=" + index, e));
      return CompletableFuture.failedFuture(e);
    }
    handedOver = index;
    return apply.run(data.size(), () -> applyEntry(index, term, proposal, data.size()));
  }

  private Message applyEntry(long index, long term, Proposal proposal, long bytes) {
    if (failed) {
      throw new LogHaltedException("not applied, the log halted before: index=" + index);
    }
    try {
      Entry entry =
          new Entry(index, term, Math.max(logTimeMs, proposal.proposedMs()), proposal.commands());
      List<byte[]> answers = machine.apply(entry);
      if (answers.size() != entry.commands().size()) {
        throw new IllegalStateException(
            "answers do not fit the commands: commands=%d answers=%d"
                .formatted(entry.commands().size(), answers.size()));
      }
      standAt(Position.of(entry));
      metrics.applied(answers.size(), bytes);
      snapshots.applied(bytes);
      tellIfReady(term);
      return () -> UnsafeByteOperations.unsafeWrap(EntryCodec.encodeAnswers(answers));
    } catch (Throwable t) { // whatever it is, the state can not be trusted any more
      failed = true;
      LogHaltedException stop =
          new LogHaltedException(
              "apply failed at index=%d term=%d commands=%d: %s"
                  .formatted(index, term, proposal.commands().size(), t),
              t);
      halt.pull(stop);
      throw stop;
    }
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    // An entry of Ratis' own; it takes its place in the order of ours.
    onApplyThread(
        () -> {
          if (!failed && index > lastApplied.getIndex()) {
            lastApplied = TermIndex.valueOf(term, index);
            applied.advance(index);
          }
        });
  }

  @Override
  public TermIndex getLastAppliedTermIndex() {
    return lastApplied;
  }

  @Override
  public CompletableFuture<Message> query(Message request) {
    DivisionInfo info = here().getInfo();
    if (info.isLeader() && readyTerm != info.getCurrentTerm()) {
      // Ratis lets a leader on its own read at once, by a commit that is still that of the
      // snapshot.
      return CompletableFuture.failedFuture(
          new StateMachineException("the leader has not applied its log yet", null, false));
    }
    // Ratis counts an entry as applied once it is handed over; the machine may be far behind that.
    long index = Math.max(handedOver, lastApplied.getIndex());
    return applied
        .reached(index)
        .thenApply(_ -> Message.valueOf(ByteString.copyFromUtf8(Long.toString(index))));
  }

  // ---- leadership ----

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
    metrics.electionSeen();
    if (!leader.equals(lastLeader)) {
      lastLeader = leader;
      metrics.leaderChanged();
    }
    long term = term();
    if (!leader.equals(self.getPeerId())) {
      ratisReadyTerm = -1;
      readyTerm = -1;
    }
    tell(new Leadership(term, PeerNames.nodeId(leader), false));
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    ratisReadyTerm = -1;
    readyTerm = -1;
    tell(new Leadership(term(), "", false));
  }

  @Override
  public void notifyLeaderReady() {
    long term = term();
    ratisReadyTerm = term;
    TrustedClock.whenBorneOut(clock, () -> events.leaderReady(term));
  }

  @Override
  public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto conf) {
    events.membersChanged();
  }

  /// The leader's first own entry of the term was applied: its work may begin.
  private void tellIfReady(long term) {
    if (term == ratisReadyTerm && readyTerm != term) {
      readyTerm = term;
      RaftPeerId self = getId();
      LOG.info("leader ready node={} term={}", self, term);
      events.becameReady();
      machine.onLeadership(new Leadership(term, self == null ? "" : PeerNames.nodeId(self), true));
    }
  }

  private void tell(Leadership leadership) {
    onApplyThread(() -> machine.onLeadership(leadership));
  }

  private void onApplyThread(Runnable work) {
    apply
        .run(
            0,
            () -> {
              work.run();
              return true;
            })
        .exceptionally(
            failure -> {
              if (!closing) {
                halt.pull(new LogHaltedException("apply thread failed", failure));
              }
              return false;
            });
  }

  private long term() {
    return here().getInfo().getCurrentTerm();
  }

  private RaftServer.Division here() {
    RaftServer.Division here = division;
    if (here == null) {
      try {
        here = getServer().join().getDivision(getGroupId());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      division = here;
    }
    return here;
  }

  // ---- snapshots ----

  CompletableFuture<Long> snapshot() {
    CompletableFuture<Long> written = new CompletableFuture<>();
    onApplyThread(
        () -> {
          var _ =
              snapshots
                  .begin()
                  .whenComplete(
                      (index, failure) -> {
                        if (failure == null) {
                          written.complete(index);
                        } else {
                          written.completeExceptionally(failure);
                        }
                      });
        });
    return written;
  }

  /// Has a snapshot written if the log rests and the newest is far enough behind. The timer's
  /// thread.
  void lookForRest() {
    if (snapshots.askedForByRest()) {
      var _ = snapshot(); // a failure is logged and counted where it happens
    }
  }

  @Override
  public @Nullable SnapshotInfo getLatestSnapshot() {
    return snapshots.latest();
  }

  @Override
  public long takeSnapshot() {
    return snapshots.durable().index(); // ours are taken elsewhere; this is what is durable
  }

  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public void reinitialize() throws IOException {
    CompletableFuture<Boolean> installed =
        apply.run(
            0,
            () -> {
              snapshots.installPublished();
              standAt(snapshots.durable());
              return true;
            });
    try {
      installed.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a checkpoint was installed", e);
    } catch (ExecutionException e) {
      halt.pull(new LogHaltedException("checkpoint could not be installed", e));
      throw new IOException("checkpoint could not be installed", e);
    }
    getLifeCycle().startAndTransition(() -> {}, IOException.class);
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return new StateMachineStorage() {
      @Override
      public void init(RaftStorage storage) {}

      @Override
      public @Nullable SnapshotInfo getLatestSnapshot() {
        return snapshots.latest();
      }

      @Override
      public void format() {}

      @Override
      public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {}
    };
  }

  // ---- the end ----

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean allServers) {
    if (!closing) {
      halt.pull(
          ended(
              allServers
                  ? "the Raft server closed itself"
                  : "the cluster has removed this incarnation of the node"));
    }
  }

  @Override
  public void notifyLogFailed(@Nullable Throwable cause, @Nullable LogEntryProto entry) {
    long index = entry == null ? -1 : entry.getIndex();
    String message = "the log could not be written: index=" + index;
    halt.pull(
        cause == null ? new LogHaltedException(message) : new LogHaltedException(message, cause));
  }

  @Override
  public void close() {
    if (!closing) {
      halt.pull(ended("the Raft server closed itself"));
    }
  }

  /// Ratis also closes a node that has applied a configuration without it.
  private LogHaltedException ended(String otherwise) {
    RaftServer.Division here = division;
    RaftPeerId self = getId();
    return here == null
            || self == null
            || here.getRaftConf().getCurrentPeers().isEmpty()
            || NodeStatus.isVoter(here)
        ? new LogHaltedException(otherwise)
        : new NodeRemovedException(
            "node %s was removed from the cluster: empty its directory, and start it with --cluster.join to add it again"
                .formatted(PeerNames.nodeId(self)));
  }
}
