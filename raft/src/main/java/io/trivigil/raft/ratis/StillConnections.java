package io.trivigil.raft.ratis;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.io.netty.bootstrap.ChannelInitializerExtension;
import org.apache.ratis.thirdparty.io.netty.channel.Channel;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandler;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.EpollSocketChannelConfig;
import org.apache.ratis.thirdparty.io.netty.channel.unix.Errors;
import org.jspecify.annotations.Nullable;

/// Gives a connection between nodes up when nothing of what was sent on it was acknowledged for
/// [RatisConfig#STILL_CONNECTION].
///
/// While packets are lost TCP doubles the time until it sends again, and goes on for a quarter of
/// an hour. Behind ten seconds of a cut link a connection may so stay silent for ten more, with the
/// votes and appends that wait on it, though the link is whole. gRPC opens a new one as soon as the
/// old one has broken.
///
/// The kernel looks (`TCP_USER_TIMEOUT`), because it alone can tell a slow link, on which bytes
/// arrive, from a dead one. Only Linux has it; elsewhere just the time to connect is bounded.
///
/// Netty asks for it by `META-INF/services` for each connection of the cluster port, Ratis' and our
/// own, of both sides. Thread-safe.
public final class StillConnections extends ChannelInitializerExtension {
  /// Four attempts of TCP to send them lie in it: a link that loses a fifth of the packets seldom
  /// loses all.
  private static final int LIMIT_MS = (int) RatisConfig.STILL_CONNECTION.toMillis();

  /// What the kernel calls it, `ETIMEDOUT`; negative, as Netty tells it.
  private static final int TIMED_OUT = -110;

  private static final LongAdder GIVEN_UP = new LongAdder();
  private static final ChannelHandler WATCH = new Watch();

  /// For Netty.
  public StillConnections() {}

  /// Has Netty look for extensions, which it does once, with the process's first connection.
  static void install() {
    String key = ChannelInitializerExtension.EXTENSIONS_SYSTEM_PROPERTY;
    if (System.getProperty(key) == null) {
      System.setProperty(key, "serviceload");
    }
  }

  /// Connections that this process has given up because nothing was acknowledged.
  static long givenUp() {
    return GIVEN_UP.sum();
  }

  /// Has Ratis take new connections to a peer that was silent and is back. Between attempts to
  /// connect gRPC waits ever longer, up to two minutes, and meanwhile a request for a vote fails at
  /// once. A leader's appenders see to their connections themselves.
  static void openAnew(
      @Nullable RaftServer server, RaftServer.@Nullable Division division, String peerId) {
    if (server == null || division == null || division.getInfo().isLeader()) {
      return;
    }
    RaftPeerId peer = RaftPeerId.valueOf(peerId);
    Thread.ofVirtual() // to close the old ones takes some seconds, if something is under way there
        .name("raft-anew-" + server.getId())
        .start(
            () ->
                server
                    .getServerRpc()
                    .handleException(peer, new IOException("the peer was silent"), true));
  }

  @Override
  public void postInitializeClientChannel(Channel channel) {
    channel.config().setConnectTimeoutMillis(LIMIT_MS);
    channel.pipeline().addFirst(WATCH);
  }

  @Override
  public void postInitializeServerChildChannel(Channel channel) {
    channel.pipeline().addFirst(WATCH);
  }

  @ChannelHandler.Sharable
  private static final class Watch extends ChannelInboundHandlerAdapter {
    /// Not before it is connected: the kernel would call a lost attempt by the name of a refused
    /// one, and who is refused knows that the process is gone ([Succession]).
    @Override
    public void channelActive(ChannelHandlerContext context) {
      if (context.channel().config() instanceof EpollSocketChannelConfig config) {
        config.setTcpUserTimeout(LIMIT_MS);
      }
      context.fireChannelActive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof Errors.NativeIoException error && error.expectedErr() == TIMED_OUT) {
        GIVEN_UP.increment();
      }
      context.fireExceptionCaught(cause);
    }
  }
}
