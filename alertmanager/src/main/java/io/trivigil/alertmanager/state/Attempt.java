package io.trivigil.alertmanager.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// A notification that was decided and whose outcome is open. Its id and its bytes never change.
///
/// Whoever sends it holds a lease: until `leaseUntilMs` nobody else may. A lease is won by a try,
/// which is a command of its own, so that two nodes never send at the same time.
///
/// @param id chosen by the proposer, unique
/// @param destination whom it goes to
/// @param payload what is sent: the bytes were rendered before the attempt was proposed
/// @param firing the firing alerts that it stands for
/// @param resolved the ended alerts that it stands for
/// @param flushMs the planned time of its flush
/// @param giveUpMs after this a changed group supersedes it
/// @param tryNo the current or last try, from 1
/// @param node who holds or held the lease
/// @param term the term in which the lease was taken
/// @param leaseUntilMs until when the lease holds; 0 once the try has ended
/// @param retryAtMs when the next try may begin, once the try has ended
/// @param lastReason why the last try did not deliver, may be empty
public record Attempt(
    String id,
    Destination destination,
    Payload payload,
    Hashes firing,
    Hashes resolved,
    long flushMs,
    long giveUpMs,
    int tryNo,
    String node,
    long term,
    long leaseUntilMs,
    long retryAtMs,
    String lastReason) {

  /// Whether some node may be sending it.
  public boolean isLeased() {
    return leaseUntilMs != 0;
  }

  Attempt takenBy(String newNode, long newTerm, long untilMs) {
    return new Attempt(
        id,
        destination,
        payload,
        firing,
        resolved,
        flushMs,
        giveUpMs,
        tryNo + 1,
        newNode,
        newTerm,
        untilMs,
        0,
        lastReason);
  }

  Attempt waitingUntil(long newRetryAtMs, String reason) {
    return new Attempt(
        id,
        destination,
        payload,
        firing,
        resolved,
        flushMs,
        giveUpMs,
        tryNo,
        node,
        term,
        0,
        newRetryAtMs,
        reason);
  }

  /// The same, where its receiver was told of more meanwhile.
  Attempt beside(Hashes alsoFiring) {
    return new Attempt(
        id,
        destination,
        payload,
        firing.plus(alsoFiring),
        resolved,
        flushMs,
        giveUpMs,
        tryNo,
        node,
        term,
        leaseUntilMs,
        retryAtMs,
        lastReason);
  }

  void encode(ByteWriter out) {
    out.string(id);
    destination.encode(out);
    payload.encode(out);
    firing.encode(out);
    resolved.encode(out);
    out.zigzag(flushMs).zigzag(giveUpMs).varint(tryNo).string(node).varint(term);
    out.zigzag(leaseUntilMs).zigzag(retryAtMs).string(lastReason);
  }

  static Attempt decode(ByteReader in) {
    return new Attempt(
        in.string(),
        Destination.decode(in),
        Payload.decode(in),
        Hashes.decode(in),
        Hashes.decode(in),
        in.zigzag(),
        in.zigzag(),
        in.intVarint(),
        in.string(),
        in.varint(),
        in.zigzag(),
        in.zigzag(),
        in.string());
  }
}
