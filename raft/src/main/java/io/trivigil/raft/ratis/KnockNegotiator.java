package io.trivigil.raft.ratis;

import org.apache.ratis.thirdparty.io.grpc.netty.GrpcHttp2ConnectionHandler;
import org.apache.ratis.thirdparty.io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import org.apache.ratis.thirdparty.io.netty.buffer.ByteBuf;
import org.apache.ratis.thirdparty.io.netty.channel.Channel;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandler;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslHandler;
import org.apache.ratis.thirdparty.io.netty.util.AsciiString;
import org.apache.ratis.thirdparty.io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// Looks at who knocks at the cluster port before anybody else does, and says plainly why a
/// connection comes to nothing: by its first byte where it does not speak our protocol, by the
/// handshake's failure where it does. Runs on Netty's threads; never blocks.
final class KnockNegotiator implements ProtocolNegotiator {
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int HTTP2_PREFACE = 'P';

  private final ProtocolNegotiator inner;
  private final boolean tls;
  private final Doorkeeper doorkeeper;

  KnockNegotiator(ProtocolNegotiator inner, boolean tls, Doorkeeper doorkeeper) {
    this.inner = inner;
    this.tls = tls;
    this.doorkeeper = doorkeeper;
  }

  @Override
  public AsciiString scheme() {
    return inner.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
    return new Knock(inner.newHandler(handler));
  }

  @Override
  public void close() {
    inner.close();
  }

  private final class Knock extends ChannelInboundHandlerAdapter {
    private final ChannelHandler next;

    Knock(ChannelHandler next) {
      this.next = next;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      context.pipeline().addAfter(context.name(), null, next);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (!(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
        context.fireChannelRead(message);
        return;
      }
      int first = bytes.getUnsignedByte(bytes.readerIndex());
      Channel channel = context.channel();
      if (first != (tls ? TLS_HANDSHAKE : HTTP2_PREFACE)) {
        boolean speaksTls = first == TLS_HANDSHAKE;
        doorkeeper.refused(
            channel.remoteAddress(),
            speaksTls ? Refusal.TLS_NOT_EXPECTED : Refusal.NOT_THE_PROTOCOL,
            speaksTls
                ? "it speaks TLS, and this node has neither --cluster.tls-config nor"
                    + " --cluster.secret-file"
                : tls
                    ? "it does not speak TLS: a node without our --cluster.tls-config or"
                        + " --cluster.secret-file, or no node at all"
                    : "it is no node of a cluster");
        ReferenceCountUtil.release(message);
        var _ = context.close();
        return;
      }
      SslHandler ssl = channel.pipeline().get(SslHandler.class);
      if (ssl != null) {
        var _ =
            ssl.handshakeFuture()
                .addListener(
                    done -> {
                      if (!done.isSuccess()) {
                        failed(channel, done.cause());
                      }
                    });
      }
      context.pipeline().remove(this); // the first bytes say all
      context.fireChannelRead(message);
    }

    private void failed(Channel channel, @Nullable Throwable cause) {
      for (Throwable each = cause; each != null; each = each.getCause()) {
        if (each instanceof NotTrustedException known) {
          doorkeeper.refused(
              channel.remoteAddress(), known.refusal(), String.valueOf(known.getMessage()));
          return;
        }
      }
      String message = cause == null ? "no reason given" : String.valueOf(cause.getMessage());
      if (message.contains("certificate chain") || message.contains("bad_certificate")) {
        doorkeeper.refused(
            channel.remoteAddress(), Refusal.NO_CERTIFICATE, "it shows no certificate: " + message);
      } else {
        doorkeeper.refused(
            channel.remoteAddress(), Refusal.HANDSHAKE, "the TLS handshake failed: " + message);
      }
    }
  }
}
