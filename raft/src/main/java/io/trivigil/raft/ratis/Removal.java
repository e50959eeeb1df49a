package io.trivigil.raft.ratis;

import io.trivigil.raft.ratis.Greeting.Answer;
import io.trivigil.raft.ratis.Greeting.Kind;
import io.trivigil.raft.ratis.Greeting.Question;
import io.trivigil.raft.ratis.Greeting.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/// The removal of one node, asked of any member: finds the leader, lets it hand over if it is the
/// one that shall go, and waits until the node is out. Runs on a virtual thread of its own.
///
/// @param target the id of the node that shall go
/// @param self who asks
/// @param members what is done about members where this node leads
/// @param transfer hands leadership to the best other node
record Removal(
    String target,
    RatisConfig config,
    Identity self,
    RaftServer.Division division,
    Membership members,
    GreetingService greetings,
    Function<String, CompletableFuture<Boolean>> transfer) {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final long PAUSE_MS = 200;

  /// Completes with an empty text once the node is out, else with why not.
  CompletableFuture<String> begin(LongSupplier nanoTicker, CountDownLatch closed) {
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("raft-remove-" + config.nodeId())
        .start(
            () -> {
              try {
                result.complete(run(nanoTicker, closed));
              } catch (InterruptedException | RuntimeException e) {
                result.complete(e.toString());
              }
            });
    return result;
  }

  private String run(LongSupplier nanoTicker, CountDownLatch closed) throws InterruptedException {
    long startNanos = nanoTicker.getAsLong();
    boolean asked = false;
    String last = "no leader is known";
    do {
      if (asked && !isMember()) {
        return "";
      }
      RaftPeerId leader = division.getInfo().getLeaderId();
      Membership.Reception answer;
      if (leader == null) {
        answer = new Membership.Reception(Verdict.NOT_NOW, "no leader is known");
      } else {
        answer = ask(leader);
      }
      last = answer.reason();
      // Once it was under way, the leader does not know the node any more because it is out.
      if (answer.verdict() == Verdict.REFUSED && !(asked && last.endsWith("is not a member"))) {
        return last;
      }
      asked |= answer.verdict() == Verdict.WELCOME;
      boolean leads = leader != null && PeerNames.nodeId(leader).equals(target);
      if (answer.verdict() == Verdict.NOT_NOW && leads) {
        handOver();
      }
    } while (!closed.await(PAUSE_MS, TimeUnit.MILLISECONDS)
        && nanoTicker.getAsLong() - startNanos < PATIENCE.toNanos());
    return asked && !isMember()
        ? ""
        : "node %s is not out after %d s: %s".formatted(target, PATIENCE.toSeconds(), last);
  }

  private boolean isMember() {
    Collection<RaftPeer> peers = division.getRaftConf().getAllPeers();
    return peers.stream().anyMatch(peer -> PeerNames.nodeId(peer.getId()).equals(target));
  }

  private Membership.Reception ask(RaftPeerId leader) {
    if (leader.equals(division.getId())) {
      return members.remove(target);
    }
    Question question =
        new Question(
            Kind.REMOVE,
            self.clusterName(),
            self.nodeId(),
            self.peerId(),
            config.self().address(),
            self.group().map(UUID::toString).orElse(""),
            target);
    for (RatisConfig.Peer peer : PeerNames.peers(division.getRaftConf().getAllPeers())) {
      if (peer.id().equals(PeerNames.nodeId(leader))) {
        try {
          Answer answer = greetings.ask(peer, question);
          return new Membership.Reception(answer.verdict(), answer.reason());
        } catch (IOException e) {
          return new Membership.Reception(Verdict.NOT_NOW, String.valueOf(e.getMessage()));
        }
      }
    }
    return new Membership.Reception(Verdict.NOT_NOW, "the leader's address is not known");
  }

  private void handOver() throws InterruptedException {
    try {
      var _ = transfer.apply("").get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("leadership not handed over", e.getCause());
    }
  }
}
