package io.trivigil.raft.ratis;

import io.trivigil.raft.ratis.Greeting.Answer;
import io.trivigil.raft.ratis.Greeting.Kind;
import io.trivigil.raft.ratis.Greeting.Question;
import io.trivigil.raft.ratis.Greeting.Verdict;
import io.trivigil.raft.ratis.Identity.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides what a blank node becomes, after it has asked its peers.
/// - All peers are there and blank: they found the cluster, each with the same first members. (A
///   quorum would do for Raft; but then two overlapping quorums could found two clusters, and a
///   node whose peers were both wiped could be outvoted by an empty log. So all of them.)
/// - A peer belongs to a group that counts this very incarnation among its founders: it was
///   awaited.
/// - A peer belongs to a group: this node joins it, without a vote at first.
final class Founding {
  private static final Logger LOG = LoggerFactory.getLogger(Founding.class);

  /// How long a damaged node waits for the others to have a leader, ms.
  static final long QUORUM_PATIENCE_MS = 15_000;

  private static final long ASK_EVERY_MS = 250;
  private static final long ASK_FOR_MS = 1_500;

  private final RatisConfig config;
  private final GreetingService greetings;
  private volatile List<RatisConfig.Peer> learned = List.of();
  private volatile String said = "";
  private String refusedToFound = ""; // so that it is said once

  Founding(RatisConfig config, GreetingService greetings) {
    this.config = config;
    this.greetings = greetings;
  }

  /// Asks each peer once, and decides if the answers suffice.
  ///
  /// @throws LogHaltedException if most peers refuse this node
  Optional<Identity> tryOnce(Identity blank, StartMarks marks) {
    boolean joins = config.access().join();
    List<Answer> answers = askAll(blank, joins ? Kind.ENTER : Kind.HELLO);
    refuseIfMostDo(answers);
    for (Answer answer : answers) {
      if (answer.verdict() == Verdict.WELCOME && !answer.blank()) {
        boolean awaited =
            answer.founders().stream().anyMatch(f -> f.peerId().equals(blank.peerId()));
        UUID group = UUID.fromString(answer.group());
        if (!awaited && !marks.restored().isEmpty()) {
          throw new LogHaltedException(
              "node %s %s, but %s is a member of a cluster already: start it with an empty directory"
                  .formatted(config.nodeId(), marks.word(), answer.nodeId()));
        }
        LOG.info(
            "node {} group={} told_by={}",
            awaited ? "was awaited" : "joins",
            group,
            answer.nodeId());
        return Optional.of(blank.member(group, awaited ? answer.founders() : List.of()));
      }
    }
    boolean allBlank =
        !joins
            && answers.size() == config.peers().size() - 1
            && answers.stream().allMatch(a -> a.verdict() == Verdict.WELCOME);
    return allBlank && mayFound(marks, answers)
        ? Optional.of(found(blank, answers))
        : Optional.empty();
  }

  /// Founders begin with equal states, or a log that begins anew would not fit behind them.
  private boolean mayFound(StartMarks marks, List<Answer> answers) {
    List<String> words = new ArrayList<>();
    words.add(config.nodeId() + " " + marks.word());
    boolean equal = !marks.rejoins();
    for (Answer answer : answers) {
      words.add(answer.nodeId() + " " + answer.reason());
      equal &= answer.reason().equals(marks.word());
    }
    String told = equal ? "" : String.join("; ", words);
    if (!equal && !told.equals(refusedToFound)) {
      LOG.warn("cluster not founded: not all nodes hold the same backup nodes=\"{}\"", told);
    }
    refusedToFound = told;
    return equal;
  }

  private Identity found(Identity blank, List<Answer> answers) {
    List<Member> founders = new ArrayList<>();
    for (RatisConfig.Peer peer : config.peers()) {
      String peerId =
          peer.id().equals(config.nodeId())
              ? blank.peerId()
              : answers.stream()
                  .filter(a -> a.nodeId().equals(peer.id()))
                  .findFirst()
                  .orElseThrow()
                  .peerId();
      founders.add(new Member(peer.id(), peerId, peer.address()));
    }
    List<String> ids = founders.stream().map(Member::nodeId).toList();
    UUID group = PeerNames.groupId(config.clusterName(), ids).getUuid();
    LOG.info("cluster founded name={} group={} members={}", config.clusterName(), group, ids);
    return blank.member(group, founders);
  }

  /// Asks to be taken in, once; whoever leads decides.
  ///
  /// @throws LogHaltedException if the leader refuses
  void joinOnce(Identity self) {
    for (Answer answer : askAll(self, config.access().join() ? Kind.ENTER : Kind.JOIN)) {
      boolean ours = self.group().map(UUID::toString).equals(Optional.of(answer.group()));
      if (answer.verdict() == Verdict.REFUSED && ours) {
        throw new LogHaltedException(
            "refused by %s: %s".formatted(answer.nodeId(), answer.reason()));
      }
      if (answer.verdict() == Verdict.WELCOME && !answer.reason().equals(said)) {
        said = answer.reason();
        LOG.info("node asks to be taken in leader={} answer=\"{}\"", answer.nodeId(), said);
      }
    }
  }

  /// These are members, and may be asked too.
  void know(List<Member> members) {
    learned = PeerNames.peersOf(members);
  }

  /// Whom to ask: the peers of the configuration, and who was said to be a member.
  private List<RatisConfig.Peer> peers() {
    Map<String, RatisConfig.Peer> peers = new LinkedHashMap<>();
    config.peers().forEach(peer -> peers.put(peer.id(), peer));
    learned.forEach(peer -> peers.putIfAbsent(peer.id(), peer));
    peers.remove(config.nodeId());
    return List.copyOf(peers.values());
  }

  /// The answers of those peers that gave one.
  ///
  /// @throws NodeRemovedException if one says that this incarnation was removed
  List<Answer> askAll(Identity self, Kind kind) {
    Question question =
        new Question(
            kind,
            self.clusterName(),
            self.nodeId(),
            self.peerId(),
            config.self().address(),
            self.group().map(UUID::toString).orElse(""));
    List<Answer> answers = new ArrayList<>();
    for (RatisConfig.Peer peer : peers()) {
      try {
        Answer answer = greetings.ask(peer, question);
        if (answer.verdict() == Verdict.REMOVED) {
          throw new NodeRemovedException(answer.reason());
        }
        if (answer.verdict() == Verdict.REFUSED) {
          if (!answer.reason().equals(said)) {
            said = answer.reason();
            LOG.warn("refused by={} reason=\"{}\"", answer.nodeId(), said);
          }
        } else if (!answer.nodeId().equals(peer.id())) {
          throw new IOException("%s answers as node %s".formatted(peer.address(), answer.nodeId()));
        }
        answers.add(answer);
        if (!answer.members().isEmpty() && answer.verdict() != Verdict.REFUSED) {
          learned = PeerNames.peersOf(answer.members());
        }
      } catch (IOException e) {
        LOG.debug("peer does not answer peer={} reason={}", peer.id(), e.toString());
      }
    }
    return answers;
  }

  /// Whether a majority of the peers, this node left out, follows a leader now. Asks until it does,
  /// for [#QUORUM_PATIENCE_MS] at most.
  boolean othersHaveQuorum(Identity self, LongSupplier nanoTicker) {
    PeerWord word =
        new PeerWord(
            self.clusterName(),
            self.group().map(UUID::toString).orElse(""),
            self.nodeId(),
            self.peerId(),
            "",
            0,
            0,
            false,
            -1,
            -1,
            0,
            0);
    long startNanos = nanoTicker.getAsLong();
    CountDownLatch never = new CountDownLatch(1);
    try {
      do {
        long led = config.peers().stream().filter(peer -> isLed(peer, word)).count();
        if (led * 2 > config.peers().size()) {
          return true;
        }
        if (never.await(ASK_EVERY_MS, TimeUnit.MILLISECONDS)) {
          return false;
        }
      } while (nanoTicker.getAsLong() - startNanos < QUORUM_PATIENCE_MS * 1_000_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private boolean isLed(RatisConfig.Peer peer, PeerWord word) {
    if (peer.id().equals(config.nodeId())) {
      return false;
    }
    try {
      PeerWord answer =
          PeerWord.decode(
              greetings.word(peer, word.encode()).get(ASK_FOR_MS, TimeUnit.MILLISECONDS));
      return answer.group().equals(word.group())
          && !answer.leaderId().isEmpty()
          && !answer.leaderId().equals(config.nodeId())
          && answer.noQuorumForMs() == 0;
    } catch (IOException | ExecutionException | TimeoutException e) {
      LOG.debug("peer does not answer peer={} reason={}", peer.id(), e.toString());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// One misplaced node must not stop the others, so it takes a majority to refuse.
  void refuseIfMostDo(List<Answer> answers) {
    List<Answer> refusals = answers.stream().filter(a -> a.verdict() == Verdict.REFUSED).toList();
    if (!refusals.isEmpty() && refusals.size() * 2 >= config.peers().size()) {
      throw new LogHaltedException(
          "refused by %s: %s"
              .formatted(refusals.getFirst().nodeId(), refusals.getFirst().reason()));
    }
  }
}
