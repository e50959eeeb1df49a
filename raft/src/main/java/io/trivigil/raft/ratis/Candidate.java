package io.trivigil.raft.ratis;

import io.trivigil.raft.LogMetrics;
import io.trivigil.raft.PeerSight.PeerView;
import java.io.IOException;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node as one that may stand for election in the place of a leader that is gone.
final class Candidate implements Succession.Candidacy {
  private static final Logger LOG = LoggerFactory.getLogger(Candidate.class);

  private final RaftServer server;
  private final RaftServer.Division division;
  private final Sight sight;
  private final LogMetrics metrics;

  Candidate(RaftServer server, RaftServer.Division division, Sight sight, LogMetrics metrics) {
    this.server = server;
    this.division = division;
    this.sight = sight;
    this.metrics = metrics;
  }

  /// What has this node stand when its leader's process is gone.
  Succession succession(RatisConfig config, Succession.Later later) {
    return new Succession(Succession.Pace.of(config), this::view, sight::ask, this, later);
  }

  private Succession.View view() {
    DivisionInfo info = division.getInfo();
    RaftPeerId leader = info.getLeaderId();
    return new Succession.View(
        PeerNames.nodeId(division.getId()),
        info.getCurrentRole() == RaftPeerRole.FOLLOWER,
        leader == null ? "" : PeerNames.nodeId(leader),
        info.getCurrentTerm(),
        NodeStatus.quorumHeardMs(division),
        division.getRaftConf().getCurrentPeers().stream()
            .map(peer -> PeerNames.nodeId(peer.getId()))
            .toList(),
        sight.reachable().stream().map(PeerView::id).toList());
  }

  /// Tells Ratis what a leader tells its heir when it hands over, in that leader's name. It does
  /// nothing where this node has no entry of the leader's term yet.
  @Override
  public boolean stand() {
    RaftPeerId leader = division.getInfo().getLeaderId();
    TermIndex last = division.getRaftLog().getLastEntryTermIndex();
    if (leader == null || last == null || last.getTerm() != division.getInfo().getCurrentTerm()) {
      return false;
    }
    RaftGroupMemberId here = division.getMemberId();
    StartLeaderElectionRequestProto request =
        StartLeaderElectionRequestProto.newBuilder()
            .setServerRequest(
                ClientProtoUtils.toRaftRpcRequestProtoBuilder(
                    RaftGroupMemberId.valueOf(leader, here.getGroupId()), here.getPeerId()))
            .setLeaderLastEntry(last.toProto())
            .build();
    try {
      boolean stands = server.startLeaderElection(request).getServerReply().getSuccess();
      if (stands) {
        metrics.succeeded();
      }
      return stands;
    } catch (IOException | RuntimeException e) { // it closes, or has found a leader meanwhile
      LOG.debug("this node does not stand reason={}", e.toString());
      return false;
    }
  }
}
