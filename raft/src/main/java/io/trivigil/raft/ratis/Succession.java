package io.trivigil.raft.ratis;

import java.net.ConnectException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.ratis.thirdparty.io.netty.channel.ConnectTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands for election as soon as it is certain that the leader's process is gone, where Raft would
/// wait for its election timeout.
///
/// A process that dies takes its connections with it, and its machine refuses new ones. A follower
/// that sees both, and has heard nothing of the leader for longer than two heartbeats lie apart,
/// calls an election at once; the others, in the order of their ids, wait a little longer, so that
/// votes are seldom split. A leader that merely does not answer (a pause, a cut link) refuses
/// nothing: then the timeout decides, as always. Votes are counted by Raft's rules in any case, so
/// an election too many would cost a term, nothing else.
///
/// [#lost] may be called by any thread; everything else runs on the timer's one.
final class Succession {
  private static final Logger LOG = LoggerFactory.getLogger(Succession.class);
  private static final int KNOCKS = 3;
  private static final long BETWEEN_KNOCKS_MS = 20;

  /// What this node sees.
  ///
  /// @param leaderId the node that leads as far as this one knows; empty if none
  /// @param heardMs how long ago it was heard, ms
  /// @param voters the ids of the members that vote, this node's included
  /// @param reachable the ids of the peers that answered lately
  record View(
      String nodeId,
      boolean follower,
      String leaderId,
      long term,
      long heardMs,
      List<String> voters,
      List<String> reachable) {}

  /// When to stand, after the leader was heard last, ms.
  ///
  /// @param quiet for the first in line
  /// @param stagger how much later each further one
  record Pace(long quiet, long stagger) {
    /// Heartbeats lie half of the shortest election timeout apart.
    static Pace of(RatisConfig config) {
      long min = config.electionMin().toMillis();
      return new Pace(min * 2 / 3, min / 2);
    }
  }

  /// Runs something after so many ms, on the one thread.
  interface Later {
    void run(Runnable task, long afterMs);
  }

  /// Calls the election.
  interface Candidacy {
    /// Whether this node stands now.
    boolean stand();
  }

  private final Pace pace;
  private final Supplier<View> view;
  private final Function<String, CompletableFuture<byte[]>> knock;
  private final Candidacy candidacy;
  private final Later later;

  /// @param knock asks a node for its word, by id; the future fails where there is no answer
  Succession(
      Pace pace,
      Supplier<View> view,
      Function<String, CompletableFuture<byte[]>> knock,
      Candidacy candidacy,
      Later later) {
    this.pace = pace;
    this.view = view;
    this.knock = knock;
    this.candidacy = candidacy;
    this.later = later;
  }

  /// The connection to a node broke.
  void lost(String nodeId) {
    later.run(
        () -> {
          View seen = view.get();
          if (follows(seen, nodeId)) {
            knock(nodeId, seen.term(), 1);
          }
        },
        0);
  }

  private static boolean follows(View seen, String leaderId) {
    return seen.follower() && seen.leaderId().equals(leaderId);
  }

  private void knock(String nodeId, long term, int times) {
    var _ =
        knock
            .apply(nodeId)
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) {
                    return; // it lives, and the connection stands again
                  }
                  if (refused(failure)) {
                    later.run(() -> succeed(nodeId, term, 0), 0);
                  } else if (times < KNOCKS) {
                    later.run(() -> knock(nodeId, term, times + 1), BETWEEN_KNOCKS_MS);
                  }
                });
  }

  /// Whether nobody listens there; anything else may be an overloaded or a distant node.
  private static boolean refused(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof ConnectException) {
        return !(each instanceof ConnectTimeoutException); // nobody said so: a link may be cut
      }
    }
    return false;
  }

  /// @param heardMs how long ago the leader was heard when this was looked at last
  private void succeed(String gone, long term, long heardMs) {
    View seen = view.get();
    OptionalLong wait = waitMs(pace, seen, gone, term);
    if (wait.isEmpty() || seen.heardMs() < heardMs) {
      return; // the last is a leader that was heard since: only new connections are refused
    }
    if (wait.getAsLong() > 0) {
      later.run(() -> succeed(gone, term, seen.heardMs()), wait.getAsLong());
    } else if (candidacy.stand()) {
      LOG.info("the leader's process is gone, this node stands leader={} term={}", gone, term);
    }
  }

  /// How long to wait before this node stands in the place of `gone`, the leader of `term`; empty
  /// if it must not, because something has changed or no majority could elect it.
  static OptionalLong waitMs(Pace pace, View seen, String gone, long term) {
    List<String> line =
        seen.voters().stream().filter(voter -> !voter.equals(gone)).sorted().toList();
    int rank = line.indexOf(seen.nodeId());
    long votes =
        line.stream()
            .filter(id -> id.equals(seen.nodeId()) || seen.reachable().contains(id))
            .count();
    boolean electable = rank >= 0 && votes > seen.voters().size() / 2;
    if (!follows(seen, gone) || seen.term() != term || !electable) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Math.max(0, pace.quiet() + rank * pace.stagger() - seen.heardMs()));
  }
}
