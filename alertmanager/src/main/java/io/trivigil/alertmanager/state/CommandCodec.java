package io.trivigil.alertmanager.state;

import io.trivigil.alertmanager.state.Command.AlertsReceived;
import io.trivigil.alertmanager.state.Command.AttemptFinished;
import io.trivigil.alertmanager.state.Command.AttemptPlan;
import io.trivigil.alertmanager.state.Command.AttemptRetried;
import io.trivigil.alertmanager.state.Command.AttemptsStarted;
import io.trivigil.alertmanager.state.Command.EndedAlert;
import io.trivigil.alertmanager.state.Command.Flush;
import io.trivigil.alertmanager.state.Command.GapSeen;
import io.trivigil.alertmanager.state.Command.GroupFlushed;
import io.trivigil.alertmanager.state.Command.Maintain;
import io.trivigil.alertmanager.state.Command.Observed;
import io.trivigil.alertmanager.state.Command.Received;
import io.trivigil.alertmanager.state.Command.SilenceExpire;
import io.trivigil.alertmanager.state.Command.SilenceSet;
import io.trivigil.alertmanager.state.Command.ToldAlone;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The bytes of commands, in the primitives of [ByteWriter]. Lists are a varint count, then the
/// items.
///
/// ```
/// command  ┌─────────────┬─────────┬────────┐
///          │ version = 1 │ kind u8 │ fields │
///          └─────────────┴─────────┴────────┘
/// kind 1  alerts     list of (AlertUpdate, bool timeout)
/// kind 2  silence    silence, varint expected version, bool replaces, [expire]
/// kind 3  expire     string id, varint expected version, zigzag at
/// kind 4  attempts   flush, list of attempt plans
/// kind 5  flushed    flush, u8 fate
/// kind 6  retried    string id, varint try, string node, varint term, zigzag lease, zigzag decided
/// kind 7  finished   string id, varint try, u8 outcome, string reason, zigzag retry at
/// kind 8  maintain   list of (labels, varint revision), zigzag silences, zigzag log, zigzag history
/// kind 9  gap        zigzag from, zigzag to
/// kind 10 told alone string id, destination, zigzag flush, list of AlertUpdate
/// flush   string group, varint version, zigzag flush, zigzag decided, varint revision, zigzag next,
///         bool complete, list of (fixed64 fingerprint, u8 phase, string detail)
/// plan    string id, destination, varint log version, payload, firing, resolved, string node,
///         varint term, zigzag lease, zigzag give up, u8 mode, string reason
/// ```
public final class CommandCodec {
  private static final int VERSION = 1;
  private static final int TOLD_ALONE = 10;

  private CommandCodec() {}

  /// Whether these are the bytes of a [ToldAlone], which older builds do not know.
  public static boolean isToldAlone(byte[] bytes) {
    return bytes.length > 1 && bytes[0] == VERSION && bytes[1] == TOLD_ALONE;
  }

  /// The command's bytes.
  public static byte[] encode(Command command) {
    ByteWriter out = new ByteWriter().u8(VERSION);
    switch (command) {
      case AlertsReceived received -> {
        out.u8(1).varint(received.alerts().size());
        for (Received alert : received.alerts()) {
          alert.update().encode(out);
          out.bool(alert.timeout());
        }
      }
      case SilenceSet set -> {
        set.silence().encode(out.u8(2));
        out.varint(set.expectedVersion()).bool(set.replaces().isPresent());
        set.replaces().ifPresent(expire -> write(out, expire));
      }
      case SilenceExpire expire -> write(out.u8(3), expire);
      case AttemptsStarted started -> {
        write(out.u8(4), started.flush());
        out.varint(started.attempts().size());
        started.attempts().forEach(plan -> write(out, plan));
      }
      case GroupFlushed flushed -> {
        write(out.u8(5), flushed.flush());
        out.u8(flushed.fate().code());
      }
      case AttemptRetried retried -> {
        out.u8(6).string(retried.id()).varint(retried.expectedTry()).string(retried.node());
        out.varint(retried.term()).zigzag(retried.leaseUntilMs()).zigzag(retried.decidedMs());
      }
      case AttemptFinished finished -> {
        out.u8(7).string(finished.id()).varint(finished.tryNo());
        out.u8(finished.outcome().code()).string(finished.reason());
        out.zigzag(finished.retryAtMs());
      }
      case Maintain maintain -> {
        out.u8(8).varint(maintain.endedAlerts().size());
        maintain.endedAlerts().forEach(e -> out.labels(e.labels()).varint(e.revision()));
        out.zigzag(maintain.silencesEndedBeforeMs()).zigzag(maintain.logBeforeMs());
        out.zigzag(maintain.historyBeforeMs());
      }
      case ToldAlone alone -> {
        alone.destination().encode(out.u8(TOLD_ALONE).string(alone.id()));
        out.zigzag(alone.flushMs()).varint(alone.told().size());
        alone.told().forEach(update -> update.encode(out));
      }
      case GapSeen(long fromMs, long toMs) -> out.u8(9).zigzag(fromMs).zigzag(toMs);
    }
    return out.toBytes();
  }

  /// Reads a command whole.
  ///
  /// @throws MalformedBytesException if it is not one
  public static Command decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException("unknown command version " + version);
    }
    int kind = in.u8();
    Command command =
        switch (kind) {
          case 1 ->
              new AlertsReceived(list(in, 7, r -> new Received(AlertUpdate.decode(r), r.bool())));
          case 2 ->
              new SilenceSet(
                  Silence.decode(in),
                  in.varint(),
                  in.bool() ? Optional.of(readExpire(in)) : Optional.empty());
          case 3 -> readExpire(in);
          case 4 -> new AttemptsStarted(readFlush(in), list(in, 20, CommandCodec::readPlan));
          case 5 -> new GroupFlushed(readFlush(in), Command.Fate.of(in.u8()));
          case 6 ->
              new AttemptRetried(
                  in.string(), in.intVarint(), in.string(), in.varint(), in.zigzag(), in.zigzag());
          case 7 ->
              new AttemptFinished(
                  in.string(),
                  in.intVarint(),
                  Command.Outcome.of(in.u8()),
                  in.string(),
                  in.zigzag());
          case 8 ->
              new Maintain(
                  list(in, 2, r -> new EndedAlert(r.labels(), r.varint())),
                  in.zigzag(),
                  in.zigzag(),
                  in.zigzag());
          case 9 -> new GapSeen(in.zigzag(), in.zigzag());
          case TOLD_ALONE ->
              new ToldAlone(
                  in.string(),
                  Destination.decode(in),
                  in.zigzag(),
                  list(in, 6, AlertUpdate::decode));
          default -> throw new MalformedBytesException("unknown kind of command " + kind);
        };
    in.expectEnd();
    return command;
  }

  private static void write(ByteWriter out, SilenceExpire expire) {
    out.string(expire.id()).varint(expire.expectedVersion()).zigzag(expire.atMs());
  }

  private static SilenceExpire readExpire(ByteReader in) {
    return new SilenceExpire(in.string(), in.varint(), in.zigzag());
  }

  private static void write(ByteWriter out, Flush flush) {
    out.string(flush.groupKey()).varint(flush.expectedVersion()).zigzag(flush.flushMs());
    out.zigzag(flush.decidedMs()).varint(flush.seenRevision()).zigzag(flush.nextFlushMs());
    out.bool(flush.complete());
    out.varint(flush.observed().size());
    for (Observed seen : flush.observed()) {
      out.fixed64(seen.fingerprint()).u8(seen.phase().code()).string(seen.detail());
    }
  }

  private static Flush readFlush(ByteReader in) {
    return new Flush(
        in.string(),
        in.varint(),
        in.zigzag(),
        in.zigzag(),
        in.varint(),
        in.zigzag(),
        in.bool(),
        list(in, 10, r -> new Observed(r.fixed64(), Phase.of(r.u8()), r.string())));
  }

  private static void write(ByteWriter out, AttemptPlan plan) {
    out.string(plan.id());
    plan.destination().encode(out);
    out.varint(plan.expectedLogVersion());
    plan.payload().encode(out);
    plan.firing().encode(out);
    plan.resolved().encode(out);
    out.string(plan.node()).varint(plan.term()).zigzag(plan.leaseUntilMs());
    out.zigzag(plan.giveUpMs()).u8(plan.mode().code()).string(plan.reason());
  }

  private static AttemptPlan readPlan(ByteReader in) {
    return new AttemptPlan(
        in.string(),
        Destination.decode(in),
        in.varint(),
        Payload.decode(in),
        Hashes.decode(in),
        Hashes.decode(in),
        in.string(),
        in.varint(),
        in.zigzag(),
        in.zigzag(),
        AttemptPlan.Mode.of(in.u8()),
        in.string());
  }

  static <T> List<T> list(ByteReader in, int minBytesEach, Function<ByteReader, T> item) {
    int count = in.count(minBytesEach);
    List<T> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(item.apply(in));
    }
    return items;
  }
}
