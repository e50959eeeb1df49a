package io.trivigil.raft.ratis;

import io.trivigil.raft.LogMetrics;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.PeerSight;
import io.trivigil.raft.StateMachine.Position;
import io.trivigil.raft.ratis.Greeting.Answer;
import io.trivigil.raft.ratis.Greeting.Kind;
import io.trivigil.raft.ratis.Greeting.Question;
import io.trivigil.raft.ratis.Greeting.Verdict;
import io.trivigil.raft.ratis.Identity.Member;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Ratis server of one node, from its data directory to its place among the members.
///
/// ```
/// start ──▶ identity ──▶ server listens ──▶ blank? ask peers until founded or joined ──▶ attached
///                                                                                  └▶ voter? else ask to join
/// ```
final class RatisNode implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(RatisNode.class);

  /// How often a blank or joining node asks its peers.
  private static final long ASK_EVERY_MS = 250;

  /// How often a member looks whether it has lost sight of the leader.
  private static final long LOOK_FOR_LEADER_MS = 2_000;

  private final RatisConfig config;
  private final RatisLog.Environment environment;
  private final LogMetrics metrics;
  private final MachineAdapter adapter;
  private final HaltSwitch halt;
  private final LongFunction<CompletableFuture<Void>> applied;
  private final DataDirectory directory;
  private final PortContexts contexts;
  private final Parameters parameters;
  private final GreetingService greetings;
  private final Founding founding;
  private final Sight sight;
  private final Reception reception;
  private final ScheduledExecutorService timer;

  /// Whether what a peer sends, first, reaches this peer, second. For tests, which cut links.
  private volatile BiPredicate<String, String> link = (_, _) -> true;

  private final CompletableFuture<Submitter> attached = new CompletableFuture<>();
  private volatile @Nullable RaftServer server;
  private volatile RaftServer.@Nullable Division division;
  private volatile @Nullable Submitter submitter;
  private volatile @Nullable Membership membership;
  private volatile @Nullable Identity identity;
  private volatile StartMarks marks = new StartMarks("", false);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile long logBytes;
  private volatile long logBytesAtNanos = Long.MIN_VALUE;

  RatisNode(
      RatisConfig config,
      RatisLog.Environment environment,
      LogMetrics metrics,
      MachineAdapter adapter,
      HaltSwitch halt,
      LongFunction<CompletableFuture<Void>> applied)
      throws IOException {
    this.config = config;
    this.environment = environment;
    this.metrics = metrics;
    this.adapter = adapter;
    this.halt = halt;
    this.applied = applied;
    this.contexts =
        new PortContexts(
            config.access().security(),
            config.clusterName(),
            new Doorkeeper(environment.nanoTicker()));
    this.parameters = contexts.parameters();
    this.greetings = new GreetingService(contexts);
    this.founding = new Founding(config, greetings);
    this.reception = new Reception(config, contexts.doorkeeper());
    this.directory =
        new DataDirectory(
            config,
            environment.incarnations(),
            self -> founding.othersHaveQuorum(self, environment.nanoTicker()));
    this.sight =
        new Sight(
            config.nodeId(),
            config.electionMax().toMillis(),
            sightOfSelf(),
            new WordStreams(greetings),
            this::others,
            environment.nanoTicker(),
            environment.clock());
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("raft-member-" + config.nodeId()).daemon(true).factory());
  }

  void start(Position recovered) throws IOException {
    Identity self = directory.identity(recovered);
    marks = StartMarks.read(config.directory());
    identity = self;
    RaftServer started = build(self);
    server = started;
    started.start();
    LOG.info(
        "log listens node={} peer={} address={}",
        config.nodeId(),
        self.peerId(),
        config.self().address());
    if (self.group().isPresent()) {
      attach(started, self);
    } else if (config.peers().size() == 1) {
      become(started, founding.tryOnce(self, marks).orElseThrow());
    }
    sight.start();
    Thread.ofVirtual().name("raft-start-" + config.nodeId()).start(() -> findPlace(recovered));
  }

  private RaftServer build(Identity self) throws IOException {
    RaftProperties properties = RatisSettings.of(config);
    GrpcConfigKeys.Server.setHost(properties, config.self().host());
    GrpcConfigKeys.Server.setPort(properties, config.self().port());
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters,
        (builder, types) ->
            GreetingService.addTo(contexts.guard(builder), this::answer, sight::answer)
                .intercept(new CommitBound())
                .intercept(
                    new CheckpointIntake(environment.nanoTicker(), directory::halfCheckpoints))
                .intercept(
                    new IncarnationGuard(
                        self.peerId(), contexts.doorkeeper(), (from, to) -> link.test(from, to))));
    RaftServer.Builder builder =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf(self.peerId()))
            .setOption(RaftStorage.StartupOption.RECOVER)
            .setProperties(properties)
            .setParameters(parameters)
            .setStateMachineRegistry(RatisSettings.machines(properties, config, adapter));
    self.group().ifPresent(group -> builder.setGroup(group(group, self.founders())));
    return builder.build();
  }

  private static RaftGroup group(UUID id, List<Member> members) {
    return RaftGroup.valueOf(
        RaftGroupId.valueOf(id),
        members.stream()
            .map(m -> RaftPeer.newBuilder().setId(m.peerId()).setAddress(m.address()).build())
            .toList());
  }

  // ---- finding its place ----

  private void findPlace(Position recovered) {
    try {
      Identity self = identity;
      RaftServer running = server;
      if (self == null || running == null) {
        return;
      }
      while (!isClosed() && self.group().isEmpty()) {
        Optional<Identity> became = founding.tryOnce(self, marks);
        if (became.isPresent()) {
          self = became.get();
          refuseToFoundWith(recovered, self);
          become(running, self);
        } else {
          pause();
        }
      }
      Membership members = membership;
      while (!isClosed() && members != null && !isVoter()) {
        founding.joinOnce(self);
        pause();
      }
      greetOnce(self);
      watchForRemoval(self);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable t) { // this thread's only reader is the halt handler
      if (!isClosed()) {
        halt.pull(
            t instanceof LogHaltedException
                ? t
                : new LogHaltedException("node could not find its place", t));
      }
    }
  }

  /// A node may bring its state along when it joins, but a log that begins anew does not fit behind
  /// the states of several nodes.
  private void refuseToFoundWith(Position recovered, Identity self) {
    if (!self.founders().isEmpty() && recovered.index() >= 0 && marks.restored().isEmpty()) {
      throw new LogHaltedException(
          "node %s holds state up to index=%d, but all nodes have lost the log: restore a backup"
              .formatted(config.nodeId(), recovered.index()));
    }
  }

  /// A member says hello too, until one peer welcomes it, so that a directory of another cluster is
  /// refused by name.
  private void greetOnce(Identity self) throws InterruptedException {
    boolean welcome = config.peers().size() == 1;
    while (!isClosed() && !welcome) {
      List<Answer> answers = founding.askAll(self, Kind.HELLO);
      founding.refuseIfMostDo(answers);
      welcome = answers.stream().anyMatch(a -> a.verdict() == Verdict.WELCOME);
      if (!welcome) {
        pause();
      }
    }
  }

  /// Who was removed while he was away, or unheard, is told by nobody unless he asks.
  private void watchForRemoval(Identity self) throws InterruptedException {
    while (!closed.await(LOOK_FOR_LEADER_MS, TimeUnit.MILLISECONDS)) {
      if (!isVoter() || sight.msSinceQuorum() > LOOK_FOR_LEADER_MS) {
        founding.know(members());
        var _ = founding.askAll(self, Kind.HELLO); // throws if so
      }
    }
  }

  /// Removes a node from the cluster, whichever node leads.
  CompletableFuture<String> removeMember(String nodeId) {
    Identity self = identity;
    RaftServer.Division current = division;
    Membership members = membership;
    if (self == null || current == null || members == null) {
      return CompletableFuture.completedFuture("this node has not joined its cluster yet");
    }
    Removal removal =
        new Removal(nodeId, config, self, current, members, greetings, this::transferLeadership);
    return removal.begin(environment.nanoTicker(), closed);
  }

  /// Waits a little, but not for a node that closes.
  private void pause() throws InterruptedException {
    if (closed.await(ASK_EVERY_MS, TimeUnit.MILLISECONDS)) {
      LOG.debug("node closes node={}", config.nodeId());
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private boolean isVoter() {
    RaftServer.Division current = division;
    return current != null && NodeStatus.isVoter(current);
  }

  /// Makes the identity durable first: who dies here begins a new incarnation, not a second life.
  private void become(RaftServer running, Identity self) throws IOException {
    self.write(config.directory());
    StartMarks.clear(config.directory());
    identity = self;
    RaftGroup group = group(self.group().orElseThrow(), self.founders());
    RaftClientReply reply =
        running.groupManagement(
            GroupManagementRequest.newAdd(ClientId.randomId(), running.getId(), 1, group, true));
    if (!reply.isSuccess()) {
      throw new IOException("Raft group not added: " + reply.getException());
    }
    attach(running, self);
  }

  private void attach(RaftServer running, Identity self) throws IOException {
    RaftServer.Division here = running.getDivision(RaftGroupId.valueOf(self.group().orElseThrow()));
    Submitter to =
        new Submitter(
            running, here, config, parameters, environment.nanoTicker(), metrics, applied);
    division = here;
    membership =
        new Membership(
            config,
            new Membership.Hearing(environment.nanoTicker(), this::silentMs),
            running,
            here,
            timer);
    submitter = to;
    Succession succession =
        new Candidate(running, here, sight, metrics).succession(config, this::later);
    greetings.onLost(peer -> succession.lost(peer.id()));
    CommitNote.start(timer, here, adapter);
    var _ = timer.scheduleWithFixedDelay(adapter::lookForRest, 1, 1, TimeUnit.SECONDS);
    attached.complete(to);
  }

  private void later(Runnable task, long afterMs) {
    if (!isClosed()) {
      var _ = timer.schedule(task, afterMs, TimeUnit.MILLISECONDS);
    }
  }

  /// For how long a node has not answered this one, ms; for ever if it never did.
  private long silentMs(String nodeId) {
    return sight.heard().stream()
        .filter(peer -> peer.id().equals(nodeId))
        .mapToLong(PeerSight.PeerView::lastHeardMs)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  @Nullable RaftServer server() {
    return server;
  }

  @Nullable Submitter submitter() {
    return submitter;
  }

  Doorkeeper doorkeeper() {
    return contexts.doorkeeper();
  }

  void whenAttached(Consumer<Submitter> then) {
    var _ = attached.thenAccept(then);
  }

  // ---- answering others ----

  private Answer answer(Question question) {
    Identity self = identity;
    if (self == null) {
      throw new IllegalStateException("not ready");
    }
    return reception.answer(self, question, membership, members(), marks);
  }

  private List<Member> members() {
    RaftServer.Division current = division;
    return current == null
        ? List.of()
        : current.getRaftConf().getAllPeers().stream()
            .map(p -> new Member(PeerNames.nodeId(p.getId()), p.getId().toString(), p.getAddress()))
            .toList();
  }

  // ---- what the log asks of its node ----

  LogStatus status() {
    RaftServer.Division current = division;
    return current == null
        ? NodeStatus.starting(config, adapter)
        : NodeStatus.of(config, current, adapter, logBytes(), sight);
  }

  Sight sight() {
    return sight;
  }

  /// From now on nothing arrives over links that are not open; for tests.
  void link(BiPredicate<String, String> open) {
    link = open;
  }

  private Sight.Self sightOfSelf() {
    return new Sight.Self() {
      @Override
      public Optional<Identity> identity() {
        return Optional.ofNullable(identity);
      }

      @Override
      public Sight.Standing standing() {
        return NodeStatus.standing(division, adapter);
      }

      @Override
      public long quorumHeardMs() {
        return NodeStatus.quorumHeardMs(division);
      }

      @Override
      public void isBack(String peerId) {
        StillConnections.openAnew(server, division, peerId);
      }
    };
  }

  /// The other members, or those that the configuration names while there are none.
  private List<RatisConfig.Peer> others() {
    RaftServer.Division current = division;
    List<RatisConfig.Peer> all =
        current == null ? config.peers() : PeerNames.peers(current.getRaftConf().getAllPeers());
    return all.stream().filter(peer -> !peer.id().equals(config.nodeId())).toList();
  }

  /// Bytes of log on disk, looked up at most once a second.
  long logBytes() {
    Identity self = identity;
    long now = environment.nanoTicker().getAsLong();
    if (self != null
        && self.group().isPresent()
        && (logBytesAtNanos == Long.MIN_VALUE || now - logBytesAtNanos > 1_000_000_000L)) {
      logBytes = directory.logBytes(self.group().get());
      logBytesAtNanos = now;
    }
    return logBytes;
  }

  /// Drops the log that the durable state contains, but keeps what a slow member still needs,
  /// within the limit.
  void purgeBehind(long index) {
    RaftServer.Division current = division;
    if (current == null || isClosed()) {
      return;
    }
    Identity self = identity;
    boolean tooMuch =
        self != null
            && self.group().isPresent()
            && directory.logBytes(self.group().get()) > config.limits().retainLogBytes();
    long upTo = tooMuch ? index : Math.min(index, NodeStatus.slowestCommit(current));
    var _ = current.getRaftLog().purge(upTo);
  }

  CompletableFuture<Boolean> transferLeadership(String nodeId) {
    Handover to = handover(config.electionMax().multipliedBy(2));
    if (to == null) {
      return CompletableFuture.completedFuture(false);
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("raft-transfer-" + config.nodeId())
        .start(
            () -> {
              try {
                done.complete(to.to(nodeId));
              } catch (InterruptedException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  /// Hands leadership over if this node has it; blocks, for [Handover#AT_CLOSE] at most.
  void handOverBeforeClose() {
    Handover to = handover(Handover.AT_CLOSE);
    if (to != null) {
      to.beforeClose();
    }
  }

  private @Nullable Handover handover(Duration attempt) {
    RaftServer.Division current = division;
    Submitter via = submitter;
    return current == null || via == null
        ? null
        : new Handover(
            new Handover.Cluster(current, via, environment.nanoTicker(), closed, attempt));
  }

  @Override
  public void close() {
    closed.countDown();
    sight.close();
    timer.shutdownNow();
    Submitter to = submitter;
    if (to != null) {
      to.close();
    }
    RaftServer running = server;
    if (running != null) {
      Closing.within(CLOSE_LIMIT, config.nodeId(), running);
    }
    greetings.close();
  }
}
