package io.trivigil.web.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Takes the plain posts of protobuf, which is remote write, and the plain questions to `/api/v1/`,
/// with their parameters in the address or in a form, past Micronaut, whose share of a post was as
/// large as the reading of its 2,000 samples, and of a small query larger than the query. Same
/// [Gateway], same limits, same errors; whatever is not plain (chunks, `Expect`, an upgrade, too
/// long a body) goes on to Micronaut, as does a request while Micronaut has an answer to give on
/// this connection, so that answers keep their order.
///
/// What can be answered without waiting is answered on the event loop (see
/// [io.trivigil.web.http.AtHand]), of those that came at once the first.
///
/// One for each connection; all but the other answering itself happens on its event loop. Micronaut
/// reads on demand: it asks for one read and waits for its end. So while a request is collected
/// this asks for reads itself and keeps their end to itself; while it is answered, until something
/// comes.
final class PlainRequests extends ChannelDuplexHandler {
  /// What a body gets before its bytes have come, bytes: who promises much does not have it yet.
  private static final int FIRST_BYTES = 256 << 10;

  /// What the addresses of questions hold.
  private static final String QUESTIONS = "/api/v1/";

  private static final String FORM = "application/x-www-form-urlencoded";

  private final Gateway gateway;
  private final PlainAnswers answers;
  private final Deque<Object> held = new ArrayDeque<>(); // came while a post was answered
  private int elsewhere; // requests that Micronaut has not answered yet
  private boolean interim; // its message that is being written is a 1xx
  private @Nullable HttpRequest collected; // the head of the post that is being read or answered
  private byte[] body = new byte[0];
  private int size; // of the body so far
  private boolean answering;
  private boolean hadTurn; // one was answered on the event loop, and others wait for it since then

  PlainRequests(Gateway gateway, PlainAnswers answers) {
    this.gateway = gateway;
    this.answers = answers;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (answering) {
      held.add(message);
    } else if (collected != null && message instanceof HttpContent content) {
      collect(context, collected, content);
    } else if (message instanceof HttpRequest request) {
      if (elsewhere == 0 && (isPost(request) || isQuestion(request))) {
        collected = request;
        body = new byte[Math.clamp(length(request), 0, FIRST_BYTES)];
        size = 0;
      } else {
        elsewhere++;
        context.fireChannelRead(message);
      }
    } else {
      context.fireChannelRead(message);
    }
  }

  private boolean isQuestion(HttpRequest request) {
    int mark = request.uri().indexOf('?');
    String path = mark < 0 ? request.uri() : request.uri().substring(0, mark);
    return path.contains(QUESTIONS)
        && (isPlain(request, HttpMethod.GET)
            ? !request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
            : isPlain(request, HttpMethod.POST) && isForm(request) && isWithinLimit(request));
  }

  /// Whether its body holds parameters.
  static boolean isForm(HttpRequest request) {
    return request
        .headers()
        .get(HttpHeaderNames.CONTENT_TYPE, "")
        .regionMatches(true, 0, FORM, 0, FORM.length());
  }

  private boolean isPost(HttpRequest request) {
    return isPlain(request, HttpMethod.POST)
        && "application/x-protobuf".equals(request.headers().get(HttpHeaderNames.CONTENT_TYPE))
        && isWithinLimit(request)
        && request.uri().indexOf('?') < 0
        && request.uri().indexOf('%') < 0;
  }

  private static boolean isPlain(HttpRequest request, HttpMethod method) {
    return request.decoderResult().isSuccess()
        && request.method().equals(method)
        && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && !request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
        && !request.headers().contains(HttpHeaderNames.CONTENT_ENCODING) // see RequestTidier
        && !request.headers().contains(HttpHeaderNames.EXPECT)
        && !request.headers().contains(HttpHeaderNames.UPGRADE)
        && request.uri().startsWith("/")
        && request.uri().indexOf('#') < 0;
  }

  private boolean isWithinLimit(HttpRequest request) {
    int length = length(request);
    return length > 0 && length <= gateway.limits().maxBodyBytes();
  }

  /// What the request says its body is long; -1 if it does not, or not soundly.
  private static int length(HttpRequest request) {
    try {
      return Integer.parseInt(request.headers().get(HttpHeaderNames.CONTENT_LENGTH, "-1"));
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  private void collect(ChannelHandlerContext context, HttpRequest request, HttpContent content) {
    try {
      ByteBuf bytes = content.content();
      int more = bytes.readableBytes();
      if (size + more > body.length) {
        body = Arrays.copyOf(body, Math.min(length(request), Math.max(size + more, 2 * size)));
      }
      bytes.readBytes(body, size, more);
      size += more;
    } finally {
      content.release();
    }
    if (content instanceof LastHttpContent last) {
      if (last.decoderResult().isFailure() || size != Math.max(0, length(request))) {
        var _ = context.close();
        return;
      }
      answering = true;
      byte[] whole = body;
      body = new byte[0];
      Optional<Supplier<ChannelFuture>> atHand =
          hadTurn || !context.channel().isWritable()
              ? Optional.empty()
              : answers.atHand(context, request, whole);
      if (atHand.isPresent()) {
        hadTurn = true;
        send(request, atHand.get());
      } else {
        answers.begin(context, request, whole, end -> finish(context, request, end));
      }
    }
  }

  /// Sends the end of an answer; the next request may come, unless this was the last.
  private void send(HttpRequest request, Supplier<ChannelFuture> end) {
    ChannelFuture written = end.get();
    if (HttpUtil.isKeepAlive(request)) {
      collected = null;
      answering = false;
    } else {
      var _ = written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  /// Sends the end of an answer, and goes on with what came meanwhile.
  private void finish(
      ChannelHandlerContext context, HttpRequest request, Supplier<ChannelFuture> end) {
    send(request, end);
    if (answering) {
      return;
    }
    while (!answering && !held.isEmpty()) {
      channelRead(context, held.remove());
    }
    channelReadComplete(context);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    hadTurn = false;
    if (collected == null) {
      context.fireChannelReadComplete(); // Micronaut asks for the next read
    } else if (!answering || held.isEmpty()) {
      context.read(); // while it is answered, too, to notice a client that goes away
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof HttpResponse response) {
      interim = response.status().code() < HttpResponseStatus.OK.code();
    }
    if (message instanceof LastHttpContent && !interim) {
      elsewhere--;
    }
    var _ = context.write(message, promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    held.forEach(ReferenceCountUtil::release);
    held.clear();
  }
}
