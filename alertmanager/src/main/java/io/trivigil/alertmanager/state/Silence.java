package io.trivigil.alertmanager.state;

import io.trivigil.model.Matcher;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayList;
import java.util.List;

/// A silence: alerts that pass all its matchers are held back while it is active.
///
/// @param id a UUID, chosen by the proposer
/// @param matchers all of these must pass; not compiled, for the machine does not match
/// @param startsMs from when, inclusive
/// @param endsMs until when, exclusive
/// @param updatedMs when it was last changed
/// @param createdBy who made it
/// @param comment why
/// @param version changes with every change; 0 before it is in the state
public record Silence(
    String id,
    List<Condition> matchers,
    long startsMs,
    long endsMs,
    long updatedMs,
    String createdBy,
    String comment,
    long version) {

  /// A matcher that was not compiled.
  public record Condition(String name, Matcher.Op op, String value) {}

  /// The three states of a silence.
  public enum State {
    EXPIRED,
    ACTIVE,
    PENDING
  }

  public Silence {
    matchers = List.copyOf(matchers);
  }

  /// Its state at a time.
  public State stateAt(long nowMs) {
    if (nowMs < startsMs) {
      return State.PENDING;
    }
    return nowMs < endsMs ? State.ACTIVE : State.EXPIRED;
  }

  Silence withVersion(long newVersion) {
    return new Silence(id, matchers, startsMs, endsMs, updatedMs, createdBy, comment, newVersion);
  }

  /// The silence as it is once expired at `atMs`.
  Silence expiredAt(long atMs) {
    long start = Math.min(startsMs, atMs);
    return new Silence(id, matchers, start, atMs, atMs, createdBy, comment, version);
  }

  void encode(ByteWriter out) {
    out.string(id).varint(matchers.size());
    for (Condition matcher : matchers) {
      out.string(matcher.name()).string(matcher.op().text()).string(matcher.value());
    }
    out.zigzag(startsMs).zigzag(endsMs).zigzag(updatedMs).string(createdBy).string(comment);
    out.varint(version);
  }

  static Silence decode(ByteReader in) {
    String id = in.string();
    int count = in.count(3);
    List<Condition> matchers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      matchers.add(new Condition(in.string(), op(in.string()), in.string()));
    }
    return new Silence(
        id, matchers, in.zigzag(), in.zigzag(), in.zigzag(), in.string(), in.string(), in.varint());
  }

  private static Matcher.Op op(String text) {
    for (Matcher.Op op : Matcher.Op.values()) {
      if (op.text().equals(text)) {
        return op;
      }
    }
    throw new MalformedBytesException("unknown matcher operator " + text);
  }
}
