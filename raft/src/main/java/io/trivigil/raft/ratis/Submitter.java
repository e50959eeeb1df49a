package io.trivigil.raft.ratis;

import io.trivigil.raft.EntryCodec;
import io.trivigil.raft.EntryCodec.Proposal;
import io.trivigil.raft.GroupCommit;
import io.trivigil.raft.GroupCommit.Reply;
import io.trivigil.raft.LogMetrics;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/// Brings entries to the leader: in this process where this node leads, else through a Ratis
/// client.
///
/// Each entry has a virtual thread of its own, because Ratis' calls block; there are as many as
/// entries may be in flight. An entry that any leader may take waits a while for one to be there.
final class Submitter implements GroupCommit.Transport, AutoCloseable {
  private static final Duration RETRY_PAUSE = Duration.ofMillis(50);

  /// How much longer than the timeout an outcome may take, so that the better reason wins.
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final RaftServer server;
  private final RaftServer.Division division;
  private final RaftClientAsynchronousProtocol log;
  private final Duration timeout;
  private final Overdue overdue;
  private final LongSupplier nanoTicker;
  private final LogMetrics metrics;
  private final LongFunction<CompletableFuture<Void>> applied;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();

  /// Requests of this node on their way into this node's log, and whether they are in it.
  private final ConcurrentHashMap<Long, Boolean> local = new ConcurrentHashMap<>();

  private final Forwarder forwarder;
  private final CountDownLatch closed = new CountDownLatch(1);

  Submitter(
      RaftServer server,
      RaftServer.Division division,
      RatisConfig config,
      Parameters parameters,
      LongSupplier nanoTicker,
      LogMetrics metrics,
      LongFunction<CompletableFuture<Void>> applied) {
    this.server = server;
    this.division = division;
    // The server would hand each request to another thread, and wait for that. Its division takes
    // them as well, on this one.
    this.log = division instanceof RaftClientAsynchronousProtocol direct ? direct : server;
    this.timeout = config.proposeTimeout();
    this.overdue = new Overdue(config.nodeId(), nanoTicker);
    this.forwarder = new Forwarder(division, server.getProperties(), parameters, timeout);
    this.nanoTicker = nanoTicker;
    this.metrics = metrics;
    this.applied = applied;
    CommitTeller.proposer(parameters, clientId);
  }

  @Override
  public CompletableFuture<Reply> send(long requiredTerm, List<byte[]> commands) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    byte[] entry = EntryCodec.encode(new Proposal(0, requiredTerm, commands));
    Message message = Message.valueOf(UnsafeByteOperations.unsafeWrap(entry));
    // Ratis' client may go on trying for longer; whoever proposed need not wait for it.
    Overdue.Watch watch =
        overdue.during(
            timeout.plus(GRACE),
            () -> reply.complete(new Reply.Lost("no outcome within " + timeout)));
    Thread.ofVirtual()
        .name("raft-submit-" + PeerNames.nodeId(server.getId()))
        .start(
            () -> {
              Reply outcome = bring(requiredTerm, message);
              watch.close();
              reply.complete(outcome);
            });
    return reply;
  }

  /// Called under Ratis' lock when a request goes into this node's log: from now on it may be
  /// committed whatever its reply says.
  void entersLog(RaftClientRequest request) {
    if (request.getClientId().equals(clientId)) {
      local.replace(request.getCallId(), true);
    }
  }

  /// The members may have changed.
  void membersChanged() {
    forwarder.renewIfMembersChanged();
  }

  private Reply bring(long requiredTerm, Message message) {
    long startNanos = nanoTicker.getAsLong();
    Reply reply;
    try {
      reply =
          requiredTerm == EntryCodec.ANY_TERM ? toAnyLeader(message, startNanos) : submit(message);
      if (reply instanceof Reply.Committed(long index, _)) {
        // Here the leader's answer is known; the caller must be able to read its write here too.
        overdue.get(applied.apply(index), left(startNanos));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reply = new Reply.Lost("interrupted");
    } catch (Exception e) { // a timeout, a closed log, whatever Ratis throws: nothing is certain
      reply = new Reply.Lost(e.toString());
    }
    switch (reply) {
      case Reply.Committed _ -> metrics.committed(nanoTicker.getAsLong() - startNanos);
      case Reply.Refused _ -> metrics.proposalRefused();
      case Reply.Lost _ -> metrics.proposalLost();
    }
    return reply;
  }

  private Duration left(long startNanos) {
    return timeout.minusNanos(nanoTicker.getAsLong() - startNanos);
  }

  private Reply toAnyLeader(Message message, long startNanos) throws InterruptedException {
    Reply reply = new Reply.Refused("no leader is known");
    while (left(startNanos).isPositive() && division.getInfo().isAlive()) {
      RaftPeerId leader = division.getInfo().getLeaderId();
      if (division.getInfo().isLeader()) {
        reply = submit(message);
      } else if (leader != null) {
        return forward(leader, message);
      }
      if (!(reply instanceof Reply.Refused)) {
        return reply;
      }
      if (closed.await(RETRY_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    return reply;
  }

  // ---- in this process ----

  private Reply submit(Message message) throws InterruptedException {
    long callId = callIds.incrementAndGet();
    RaftClientRequest request = request(callId, message, RaftClientRequest.writeRequestType());
    local.put(callId, false);
    try {
      RaftClientReply reply = overdue.get(log.submitClientRequestAsync(request), timeout);
      if (reply.isSuccess()) {
        return committed(reply);
      }
      RaftException failure = reply.getException();
      return failed(callId, failure == null ? "no reason given" : failure.toString());
    } catch (ExecutionException e) {
      return failed(callId, String.valueOf(e.getCause()));
    } catch (TimeoutException e) {
      return failed(callId, "not committed within " + timeout);
    } catch (RuntimeException | IOException e) {
      return failed(callId, e.toString());
    } finally {
      local.remove(callId);
    }
  }

  /// Before it entered the log a request certainly failed; afterwards nobody knows.
  private Reply failed(long callId, String reason) {
    return Boolean.TRUE.equals(local.get(callId))
        ? new Reply.Lost(reason)
        : new Reply.Refused(reason);
  }

  RaftClientRequest request(long callId, Message message, RaftClientRequest.Type type) {
    return RaftClientRequest.newBuilder()
        .setClientId(clientId)
        .setServerId(server.getId())
        .setGroupId(division.getMemberId().getGroupId())
        .setCallId(callId)
        .setMessage(message)
        .setType(type)
        .build();
  }

  /// A linearizable read of the applied index, which may be asked of any node.
  CompletableFuture<Long> readIndex() {
    RaftClientRequest request =
        request(callIds.incrementAndGet(), Message.EMPTY, RaftClientRequest.readRequestType());
    CompletableFuture<Long> index = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("raft-read-" + PeerNames.nodeId(server.getId()))
        .start(
            () -> {
              try {
                var _ =
                    log.submitClientRequestAsync(request)
                        .whenComplete((reply, failure) -> completeRead(index, reply, failure));
              } catch (IOException | RuntimeException e) {
                index.completeExceptionally(e);
              }
            });
    return index;
  }

  private static void completeRead(
      CompletableFuture<Long> index, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
    if (failure != null) {
      index.completeExceptionally(failure);
    } else if (reply == null || !reply.isSuccess()) {
      index.completeExceptionally(
          Optional.<Throwable>ofNullable(reply == null ? null : reply.getException())
              .orElseGet(() -> new IOException("no read index")));
    } else {
      index.complete(Long.parseLong(reply.getMessage().getContent().toStringUtf8()));
    }
  }

  // ---- to another node ----

  private Reply forward(RaftPeerId leader, Message message) {
    try (Forwarder.Use client = forwarder.use(leader)) {
      RaftClientReply reply = client.get().io().send(message);
      if (reply.isSuccess()) {
        return committed(reply);
      }
      return new Reply.Lost(String.valueOf(reply.getException()));
    } catch (IOException | RuntimeException e) {
      forwarder.renew(); // whatever it thought of the cluster, it starts anew
      return new Reply.Lost(e.toString());
    }
  }

  private static Reply committed(RaftClientReply reply) {
    return new Reply.Committed(
        reply.getLogIndex(),
        EntryCodec.decodeAnswers(reply.getMessage().getContent().asReadOnlyByteBuffer()));
  }

  /// Asks the leader once to hand over; blocks until it has.
  ///
  /// @throws IOException if it has not, or that is not known
  void transferLeadership(RaftPeerId leader, RaftPeerId to, Duration within) throws IOException {
    RaftClientReply reply;
    if (leader.equals(division.getId())) {
      reply =
          server.transferLeadership(
              new TransferLeadershipRequest(
                  clientId,
                  server.getId(),
                  division.getMemberId().getGroupId(),
                  callIds.incrementAndGet(),
                  to,
                  within.toMillis()));
    } else {
      try (Forwarder.Use client = forwarder.use(leader)) {
        reply = client.get().admin().transferLeadership(to, leader, within.toMillis());
      }
    }
    if (!reply.isSuccess()) {
      throw new IOException(String.valueOf(reply.getException()));
    }
  }

  @Override
  public void close() {
    closed.countDown();
    forwarder.close();
  }
}
