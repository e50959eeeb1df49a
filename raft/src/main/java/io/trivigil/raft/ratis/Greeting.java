package io.trivigil.raft.ratis;

import io.trivigil.raft.ratis.Identity.Member;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What nodes say to each other before, and beside, Raft. One unary call on the log's own port.
///
/// ```
/// question  u8 magic 0x51  u8 version 1  kind  cluster  node  peer  address  group
///           version 2 has a subject behind it
/// answer    u8 magic 0x41  u8 version 1  verdict  reason  cluster  node  peer  group
///           u16 founders {node peer address}  u16 members {node peer address}
/// ```
///
/// Texts are `DataOutput.writeUTF`; a group is its UUID, or empty on a blank node.
final class Greeting {
  private static final int VERSION = 1;
  private static final int WITH_SUBJECT = 2;
  private static final int QUESTION = 0x51;
  private static final int ANSWER = 0x41;

  private Greeting() {}

  /// What is asked.
  enum Kind {
    /// Who are you, and do we belong together?
    HELLO,
    /// Take this new incarnation in; asked of the leader.
    JOIN,
    /// As [#JOIN], but the node may be added if it is no member; while it is blank it only asks who
    /// is there.
    ENTER,
    /// Remove the node that is the subject; a member asks the leader.
    REMOVE
  }

  /// What is answered.
  enum Verdict {
    /// We belong together; or the join is under way.
    WELCOME,
    /// We do not belong together, or may not; the reason says why, by name.
    REFUSED,
    /// Ask later, or another node.
    NOT_NOW,
    /// The asking incarnation was a member, and is none any more, for ever.
    REMOVED
  }

  /// @param group the asking node's group, empty while it is blank
  /// @param subject the node id that it is about; empty if it is about the asking node
  record Question(
      Kind kind,
      String clusterName,
      String nodeId,
      String peerId,
      String address,
      String group,
      String subject) {
    Question(
        Kind kind, String clusterName, String nodeId, String peerId, String address, String group) {
      this(kind, clusterName, nodeId, peerId, address, group, "");
    }
  }

  /// @param reason why not; of a blank node that welcomes, what a founder must have in common with
  ///   it ([StartMarks#word])
  /// @param group the answering node's group, empty while it is blank
  /// @param founders the group's first members, as far as the answering node knows
  /// @param members the members as the answering node knows them, voters only
  record Answer(
      Verdict verdict,
      String reason,
      String clusterName,
      String nodeId,
      String peerId,
      String group,
      List<Member> founders,
      List<Member> members) {
    Answer {
      founders = List.copyOf(founders);
      members = List.copyOf(members);
    }

    boolean blank() {
      return group.isEmpty();
    }
  }

  static byte[] encode(Question question) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(QUESTION);
    out.write(question.subject().isEmpty() ? VERSION : WITH_SUBJECT);
    out.writeUTF(question.kind().name());
    out.writeUTF(question.clusterName());
    out.writeUTF(question.nodeId());
    out.writeUTF(question.peerId());
    out.writeUTF(question.address());
    out.writeUTF(question.group());
    if (!question.subject().isEmpty()) {
      out.writeUTF(question.subject());
    }
    return bytes.toByteArray();
  }

  static Question decodeQuestion(byte[] bytes) throws IOException {
    DataInputStream in = open(bytes, QUESTION, WITH_SUBJECT);
    return new Question(
        oneOf(Kind.class, in.readUTF()),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        bytes[1] == WITH_SUBJECT ? in.readUTF() : "");
  }

  static byte[] encode(Answer answer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(ANSWER);
    out.write(VERSION);
    out.writeUTF(answer.verdict().name());
    out.writeUTF(answer.reason());
    out.writeUTF(answer.clusterName());
    out.writeUTF(answer.nodeId());
    out.writeUTF(answer.peerId());
    out.writeUTF(answer.group());
    writeMembers(out, answer.founders());
    writeMembers(out, answer.members());
    return bytes.toByteArray();
  }

  static Answer decodeAnswer(byte[] bytes) throws IOException {
    DataInputStream in = open(bytes, ANSWER, VERSION);
    return new Answer(
        oneOf(Verdict.class, in.readUTF()),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        readMembers(in),
        readMembers(in));
  }

  private static <E extends Enum<E>> E oneOf(Class<E> kinds, String name) throws IOException {
    try {
      return Enum.valueOf(kinds, name);
    } catch (IllegalArgumentException e) {
      throw new IOException("greeting not understood: " + name, e);
    }
  }

  private static DataInputStream open(byte[] bytes, int magic, int newest) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int foundMagic = in.readUnsignedByte();
    int foundVersion = in.readUnsignedByte();
    if (foundMagic != magic || foundVersion < VERSION || foundVersion > newest) {
      throw new IOException(
          "greeting not understood: magic=0x%02x version=%d".formatted(foundMagic, foundVersion));
    }
    return in;
  }

  private static void writeMembers(DataOutputStream out, List<Member> members) throws IOException {
    out.writeShort(members.size());
    for (Member member : members) {
      out.writeUTF(member.nodeId());
      out.writeUTF(member.peerId());
      out.writeUTF(member.address());
    }
  }

  private static List<Member> readMembers(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(new Member(in.readUTF(), in.readUTF(), in.readUTF()));
    }
    return members;
  }
}
