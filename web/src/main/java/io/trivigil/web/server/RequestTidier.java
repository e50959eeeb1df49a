package io.trivigil.web.server;

import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Makes requests fit for Micronaut that Go takes as they are: `?query=up{job="x"}` typed by hand,
/// and remote write, whose `Content-Encoding: snappy` means the block format and not the framed one
/// that Netty would undo. While the server stops it answers 503 itself, since Micronaut, which
/// closes then, would log an error and its stack for each.
@Singleton
final class RequestTidier implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {
  /// Where the encoding of a remote-write body stands behind this.
  static final String ENCODING = "x-trivigil-content-encoding";

  private static final String NAME = "trivigil-tidier";

  /// Which characters may stand in an address.
  private static final boolean[] STANDS = new boolean[0x7f];

  static {
    for (char c = ' ' + 1; c < STANDS.length; c++) {
      STANDS[c] = "\"<>\\^`{|}".indexOf(c) < 0;
    }
  }

  private final Gateway gateway;
  private final PlainAnswers answers;
  private final KeptReads reads = new KeptReads(new AdaptiveRecvByteBufAllocator());

  RequestTidier(Gateway gateway, PlainAnswers answers) {
    this.gateway = gateway;
    this.answers = answers;
  }

  @Override
  public NettyServerCustomizer.Registry onCreated(
      BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
    event.getBean().register(new Customizer(gateway, answers, reads, null));
    return event.getBean();
  }

  private record Customizer(
      Gateway gateway, PlainAnswers answers, KeptReads reads, @Nullable Channel channel)
      implements NettyServerCustomizer {
    @Override
    public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
      if (role == ChannelRole.CONNECTION) {
        channel.config().setRecvByteBufAllocator(reads);
      }
      return new Customizer(gateway, answers, reads, channel);
    }

    @Override
    public void onStreamPipelineBuilt() {
      String codec = ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC;
      if (channel != null && channel.pipeline().get(codec) != null) {
        channel
            .pipeline()
            .addAfter(codec, NAME, new Tidy(gateway))
            .addAfter(NAME, "trivigil-plain", new PlainRequests(gateway, answers));
      }
    }
  }

  /// One connection's. Confined to its event loop.
  private static final class Tidy extends ChannelInboundHandlerAdapter {
    private final Gateway gateway;
    private boolean refused;

    Tidy(Gateway gateway) {
      this.gateway = gateway;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      refused |= message instanceof HttpRequest && gateway.stops();
      if (refused) {
        drop(context, message);
        return;
      }
      if (message instanceof HttpRequest request) {
        request.setUri(escaped(request.uri()));
        request.headers().remove(ENCODING);
        String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING);
        if (encoding != null && encoding.equalsIgnoreCase("snappy")) {
          request.headers().remove(HttpHeaderNames.CONTENT_ENCODING);
          request.headers().set(ENCODING, "snappy");
        }
      }
      context.fireChannelRead(message);
    }
  }

  /// Answers behind the last byte of the request: a client that still sends would not read it.
  private static void drop(ChannelHandlerContext context, Object message) {
    boolean last = message instanceof LastHttpContent;
    ReferenceCountUtil.release(message);
    if (!last) {
      context.read();
      return;
    }
    ByteBuf body = Unpooled.copiedBuffer("server stops\n", StandardCharsets.UTF_8);
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.SERVICE_UNAVAILABLE, body);
    answer
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
        .set(HttpHeaderNames.RETRY_AFTER, 1)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    var _ = context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
  }

  /// The address with every character escaped that may not stand in one.
  static String escaped(String uri) {
    for (int i = 0; i < uri.length(); i++) {
      if (!mayStand(uri, i)) {
        return escapedFrom(uri, i);
      }
    }
    return uri;
  }

  private static boolean mayStand(String uri, int i) {
    char c = uri.charAt(i);
    return c < STANDS.length && STANDS[c] && (c != '%' || isEscape(uri, i));
  }

  /// The same, of an address of which `first` is the first such character. (Seldom: most are fine.)
  private static String escapedFrom(String uri, int first) {
    StringBuilder out = new StringBuilder(uri.length() + 16).append(uri, 0, first);
    for (int i = first; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (mayStand(uri, i)) {
        out.append(c);
      } else {
        out.append('%').append(hex(c >> 4)).append(hex(c));
      }
    }
    return out.toString();
  }

  private static boolean isEscape(String uri, int i) {
    return i + 2 < uri.length()
        && Character.digit(uri.charAt(i + 1), 16) >= 0
        && Character.digit(uri.charAt(i + 2), 16) >= 0;
  }

  private static char hex(int value) {
    return Character.toUpperCase(Character.forDigit(value & 15, 16));
  }
}
