package io.trivigil.raft.ratis;

import io.trivigil.raft.ratis.Greeting.Answer;
import io.trivigil.raft.ratis.Greeting.Kind;
import io.trivigil.raft.ratis.Greeting.Question;
import io.trivigil.raft.ratis.Greeting.Verdict;
import io.trivigil.raft.ratis.Identity.Member;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Answers greetings: says who this node is, and whether the asking one belongs to it.
final class Reception {
  private final RatisConfig config;
  private final Doorkeeper doorkeeper;

  Reception(RatisConfig config, Doorkeeper doorkeeper) {
    this.config = config;
    this.doorkeeper = doorkeeper;
  }

  /// @param membership null while this node belongs to no group
  /// @param marks what a blank node tells of itself when it is greeted
  Answer answer(
      Identity self,
      Question question,
      @Nullable Membership membership,
      List<Member> members,
      StartMarks marks) {
    Membership.Reception reception = receive(self, question, membership, members);
    boolean tells =
        question.kind() == Kind.HELLO
            && reception.verdict() == Verdict.WELCOME
            && self.group().isEmpty();
    return new Answer(
        reception.verdict(),
        tells ? marks.word() : reception.reason(),
        self.clusterName(),
        self.nodeId(),
        self.peerId(),
        self.group().map(UUID::toString).orElse(""),
        self.founders(),
        members);
  }

  private Membership.Reception receive(
      Identity self, Question question, @Nullable Membership membership, List<Member> members) {
    String group = self.group().map(UUID::toString).orElse("");
    if (!question.clusterName().equals(self.clusterName())) {
      return refused(
          question,
          "node %s belongs to cluster \"%s\", not \"%s\""
              .formatted(question.nodeId(), question.clusterName(), self.clusterName()));
    }
    if (self.former().stream().anyMatch(old -> old.toString().equals(question.group()))) {
      return removed(
          question,
          "cluster \"%s\" was forced to go on from node %s without node %s"
              .formatted(self.clusterName(), self.nodeId(), question.nodeId()));
    }
    if (!question.group().isEmpty() && !group.isEmpty() && !question.group().equals(group)) {
      return refused(
          question,
          "node %s belongs to another cluster \"%s\": group=%s wanted=%s"
              .formatted(question.nodeId(), question.clusterName(), question.group(), group));
    }
    boolean known =
        question.kind() == Kind.ENTER
            || config.peers().stream().anyMatch(p -> p.id().equals(question.nodeId()))
            || members.stream().anyMatch(m -> m.nodeId().equals(question.nodeId()));
    if (question.kind() == Kind.HELLO
        && !question.group().isEmpty()
        && membership != null
        && membership.knowsAsRemoved(question.peerId())) {
      return removed(
          question,
          "node %s was removed from cluster \"%s\", or another incarnation took its place"
              .formatted(question.nodeId(), self.clusterName()));
    }
    if (question.nodeId().equals(self.nodeId())) {
      return refused(
          question,
          "node %s of cluster \"%s\" is another one: give this one another --cluster.node-id"
              .formatted(question.nodeId(), self.clusterName()));
    }
    if (!known) {
      return refused(
          question,
          "node %s is not a peer of %s in cluster \"%s\": to add it, start it with --cluster.join"
              .formatted(question.nodeId(), self.nodeId(), self.clusterName()));
    }
    return belonging(question, membership);
  }

  private Membership.Reception belonging(Question question, @Nullable Membership membership) {
    return switch (question.kind()) {
      case HELLO -> new Membership.Reception(Verdict.WELCOME, "");
      case JOIN, ENTER -> {
        if (membership == null) {
          yield new Membership.Reception(Verdict.NOT_NOW, "this node has not joined itself");
        }
        yield question.group().isEmpty()
            ? new Membership.Reception(Verdict.WELCOME, "")
            : noted(question, membership.join(question));
      }
      case REMOVE ->
          membership == null
              ? new Membership.Reception(Verdict.NOT_NOW, "this node has not joined itself")
              : membership.remove(question.subject());
    };
  }

  private Membership.Reception noted(Question question, Membership.Reception reception) {
    return reception.verdict() == Verdict.REFUSED
        ? refused(question, reception.reason())
        : reception;
  }

  private Membership.Reception refused(Question question, String reason) {
    doorkeeper.strange(question.nodeId() + " at " + question.address(), reason);
    return new Membership.Reception(Verdict.REFUSED, reason);
  }

  private Membership.Reception removed(Question question, String reason) {
    String whole =
        reason
            + ": empty the directory of node %s, and start it with --cluster.join"
                .formatted(question.nodeId())
            + " to add it again";
    doorkeeper.strange(question.nodeId() + " at " + question.address(), whole);
    return new Membership.Reception(Verdict.REMOVED, whole);
  }
}
