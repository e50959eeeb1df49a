package io.trivigil.alertmanager.state;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.List;
import java.util.Optional;

/// What may enter the log on behalf of the alertmanager. Every command is idempotent or
/// conditional, and carries its own times. Bytes: [CommandCodec].
public sealed interface Command {

  /// Alerts were received: from a rule run (in the same entry), or over the API.
  record AlertsReceived(List<Received> alerts) implements Command {
    public AlertsReceived {
      alerts = List.copyOf(alerts);
    }

    /// Updates whose start and end the sender has decided.
    public static AlertsReceived of(List<AlertUpdate> updates) {
      return new AlertsReceived(updates.stream().map(u -> new Received(u, false)).toList());
    }
  }

  /// One received alert.
  ///
  /// @param update start and end are decided; an end of 0 means that it never ends by itself
  /// @param timeout whether the end is a timeout, because the sender gave none
  record Received(AlertUpdate update, boolean timeout) {}

  /// Sets a silence that is new (`expectedVersion` 0) or has this version, and expires the one that
  /// it replaces, if any, in the same step.
  record SilenceSet(Silence silence, long expectedVersion, Optional<SilenceExpire> replaces)
      implements Command {}

  /// Ends a silence now.
  record SilenceExpire(String id, long expectedVersion, long atMs) implements Command {}

  /// A flush with notifications: all its attempts begin together or not at all.
  record AttemptsStarted(Flush flush, List<AttemptPlan> attempts) implements Command {
    public AttemptsStarted {
      attempts = List.copyOf(attempts);
    }
  }

  /// A flush without notifications.
  record GroupFlushed(Flush flush, Fate fate) implements Command {}

  /// What becomes of a group. The numbers are part of the bytes.
  enum Fate {
    /// It goes on.
    GOES_ON(0),
    /// All its alerts are done with; the next one makes it a new group.
    RESTS(1),
    /// It has no alerts at all and is forgotten.
    FORGOTTEN(2);

    private final int code;

    Fate(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Fate of(int code) {
      for (Fate value : values()) {
        if (value.code == code) {
          return value;
        }
      }
      throw new MalformedBytesException("unknown fate " + code);
    }
  }

  /// What every flush says of its group.
  ///
  /// @param groupKey the group
  /// @param expectedVersion the group's version that the decision was made on, 0 for none
  /// @param flushMs the planned time of this flush
  /// @param decidedMs when it was decided: who had ended by then counts as resolved
  /// @param seenRevision the state's revision that the decision was made on
  /// @param nextFlushMs when the group is due again
  /// @param complete whether it speaks for all integrations: not while one of them still has an
  ///   earlier attempt open
  /// @param observed what the leader saw of the group's alerts; goes into the history where new
  record Flush(
      String groupKey,
      long expectedVersion,
      long flushMs,
      long decidedMs,
      long seenRevision,
      long nextFlushMs,
      boolean complete,
      List<Observed> observed) {
    public Flush {
      observed = List.copyOf(observed);
    }
  }

  /// What the leader saw of one alert.
  record Observed(long fingerprint, Phase phase, String detail) {}

  /// One notification that is about to be made.
  ///
  /// @param id unique
  /// @param destination whom it goes to
  /// @param expectedLogVersion the version of the notification log's entry that the decision was
  ///   made on, 0 for none
  /// @param payload what is sent
  /// @param firing the firing alerts it stands for
  /// @param resolved the ended alerts it stands for
  /// @param node who sends it
  /// @param term the sender's term
  /// @param leaseUntilMs until when nobody else may send it
  /// @param giveUpMs after this a changed group supersedes it
  /// @param mode whether it is sent, or what became of it without being sent
  /// @param reason why it is not sent
  record AttemptPlan(
      String id,
      Destination destination,
      long expectedLogVersion,
      Payload payload,
      Hashes firing,
      Hashes resolved,
      String node,
      long term,
      long leaseUntilMs,
      long giveUpMs,
      Mode mode,
      String reason) {

    /// What becomes of a plan. The numbers are part of the bytes.
    public enum Mode {
      /// It is sent.
      SEND(0),
      /// Nothing has to be said (`send_resolved: false`), but the log must know.
      LOG_ONLY(1),
      /// It can not be sent now, for instance because its template fails; the next flush tries
      /// anew.
      FAILED(2),
      /// It can not be sent by this version at all; the group does not wait for it.
      UNSUPPORTED(3);

      private final int code;

      Mode(int code) {
        this.code = code;
      }

      int code() {
        return code;
      }

      static Mode of(int code) {
        for (Mode value : values()) {
          if (value.code == code) {
            return value;
          }
        }
        throw new MalformedBytesException("unknown mode " + code);
      }
    }
  }

  /// Begins a further try of an open attempt: by its sender after a failure, or by a successor
  /// after the lease.
  record AttemptRetried(
      String id, int expectedTry, String node, long term, long leaseUntilMs, long decidedMs)
      implements Command {}

  /// A try ended.
  ///
  /// @param tryNo which one
  /// @param outcome how
  /// @param reason why it was not delivered
  /// @param retryAtMs when the next try may begin, for [Outcome#RETRY]
  record AttemptFinished(String id, int tryNo, Outcome outcome, String reason, long retryAtMs)
      implements Command {}

  /// How a try ended. The numbers are part of the bytes.
  enum Outcome {
    DELIVERED(0),
    FAILED(1),
    RETRY(2),
    /// Given up because its group has changed; whether it was delivered is not known.
    SUPERSEDED(3);

    private final int code;

    Outcome(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Outcome of(int code) {
      for (Outcome value : values()) {
        if (value.code == code) {
          return value;
        }
      }
      throw new MalformedBytesException("unknown outcome " + code);
    }
  }

  /// Forgets what is no longer needed; the leader names it.
  ///
  /// @param endedAlerts ended alerts that no group needs
  /// @param silencesEndedBeforeMs silences that ended earlier go
  /// @param logBeforeMs entries of the notification log of earlier flushes go
  /// @param historyBeforeMs earlier transitions go
  record Maintain(
      List<EndedAlert> endedAlerts,
      long silencesEndedBeforeMs,
      long logBeforeMs,
      long historyBeforeMs)
      implements Command {
    public Maintain {
      endedAlerts = List.copyOf(endedAlerts);
    }
  }

  /// An alert that may go if it is still at this revision.
  record EndedAlert(io.trivigil.model.Labels labels, long revision) {}

  /// A node told a receiver of firing alerts on its own, while there was no quorum: the log learns
  /// it, so that they are not told again and their end is. Taken once for each id.
  ///
  /// @param id the attempt's id
  /// @param flushMs when it was decided
  /// @param told the alerts with their newest times; those that are not known become known, so that
  ///   they end
  record ToldAlone(String id, Destination destination, long flushMs, List<AlertUpdate> told)
      implements Command {
    public ToldAlone {
      told = List.copyOf(told);
    }
  }

  /// Nothing was committed between these times because no quorum ran: alerts that were firing when
  /// the gap began end later by as much. Taken once for each end of a gap.
  record GapSeen(long fromMs, long toMs) implements Command {}
}
