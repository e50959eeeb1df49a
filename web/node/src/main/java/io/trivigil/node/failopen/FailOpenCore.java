package io.trivigil.node.failopen;

import io.trivigil.node.failopen.QuorumView.Peer;
import io.trivigil.node.failopen.QuorumView.Sight;

/// Decides whether a node works on its own, and what it may say then. Pure: stepped with the time
/// of a monotonic clock and with what was seen. Confined to one thread.
public final class FailOpenCore {
  /// What counts of the time between two steps, ms: while the process stood still, it could hear
  /// nobody.
  static final long MOST_PER_STEP_MS = 1_000;

  /// For so long a node that has failed open leaves the word to any member with a lower id that
  /// answers, ms: members that lose the quorum together fail open within moments of each other.
  static final long YIELD_MS = 3_000;

  private final String self;
  private final FailOpenSettings settings;
  private long lastStepMs;
  private boolean stepped;
  private long lostMs;
  private long leaderlessMs; // since a leader was heard, by steps
  private boolean alone;
  private long aloneForMs;
  private Verdict verdict = Verdict.PENDING;

  public FailOpenCore(String self, FailOpenSettings settings) {
    this.self = self;
    this.settings = settings;
  }

  /// What the targets say of who is cut off.
  public enum Verdict {
    /// Not looked at yet.
    PENDING,
    /// Most of the targets that were up vanished together with the quorum: this node is probably
    /// the one that is cut off.
    ISOLATED,
    /// Most are still there.
    TRUSTED
  }

  /// What may be sent.
  public enum Tell {
    NOTHING,
    NOTICE,
    ALL
  }

  /// The local look at the targets since the quorum was lost.
  ///
  /// @param upBefore targets whose last committed scrape succeeded
  /// @param looked how many of them were scraped since
  /// @param vanished how many of them failed at their newest scrape
  public record Round(int upBefore, int looked, int vanished) {
    /// Nothing was looked at yet.
    public static final Round NONE = new Round(0, 0, 0);
  }

  /// What holds after a step.
  ///
  /// @param lostMs how long there has been no quorum; 0 while there is one
  /// @param alone whether the node has failed open
  /// @param evaluate whether its own samples may be evaluated and merged
  public record Decision(
      long lostMs, boolean alone, Verdict verdict, boolean evaluate, Tell tell) {}

  /// Takes a step.
  ///
  /// @param nowMs monotonic, never goes back
  /// @param round what the local scrapes gave, while the node is alone
  public Decision step(long nowMs, Sight sight, Round round) {
    long passedMs = stepped ? Math.min(nowMs - lastStepMs, MOST_PER_STEP_MS) : 0;
    stepped = true;
    lastStepMs = nowMs;
    if (sight.leaderKnown()) {
      return leaderHeard();
    }
    // A leader that is heard for a moment begins the time anew, also where it proves no quorum.
    leaderlessMs += passedMs;
    lostMs = Math.min(sight.lostMs(), leaderlessMs);
    if (lostMs < settings.after().toMillis()) {
      close();
    }
    boolean mayOpen = settings.enabled() && sight.voters() > 1;
    if (!alone && mayOpen && lostMs >= settings.after().toMillis()) {
      alone = true;
    } else if (alone) {
      aloneForMs += passedMs;
      judge(round);
    }
    return decision(sight);
  }

  /// A leader is heard: everything ends at once.
  public Decision leaderHeard() {
    lostMs = 0;
    leaderlessMs = 0;
    close();
    return new Decision(0, false, Verdict.PENDING, false, Tell.NOTHING);
  }

  private void close() {
    alone = false;
    aloneForMs = 0;
    verdict = Verdict.PENDING;
  }

  /// Judges once all were looked at, or the wait is over and some were. What was trusted stays so:
  /// targets that vanish later did not vanish together with the quorum. What was isolated is
  /// trusted when most are back.
  private void judge(Round round) {
    if (verdict == Verdict.TRUSTED) {
      return;
    }
    boolean all = round.looked() >= round.upBefore();
    boolean some = aloneForMs >= settings.verdictWait().toMillis() && round.looked() > 0;
    if (all || some) {
      verdict = round.vanished() * 2 > round.looked() ? Verdict.ISOLATED : Verdict.TRUSTED;
    }
  }

  private Decision decision(Sight sight) {
    if (!alone) {
      return new Decision(lostMs, false, verdict, false, Tell.NOTHING);
    }
    boolean trusted = verdict == Verdict.TRUSTED;
    Tell tell = speaksFor(sight) ? (trusted ? Tell.ALL : Tell.NOTICE) : Tell.NOTHING;
    return new Decision(lostMs, true, verdict, trusted, tell);
  }

  /// Whether this node has the lowest id of those that see each other and speak for others.
  private boolean speaksFor(Sight sight) {
    for (Peer peer : sight.peers()) {
      boolean speaks = peer.speaks() || aloneForMs < YIELD_MS;
      if (speaks && peer.id().compareTo(self) < 0) {
        return false;
      }
    }
    return true;
  }
}
