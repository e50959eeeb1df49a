package io.trivigil.storage.index;

import org.apache.lucene.index.BaseTermsEnum;
import org.apache.lucene.index.ImpactsEnum;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/// The terms of new members in one field, and the documents of each.
final class MemberTerms extends Terms {
  private final NewMembers.Field field;

  MemberTerms(NewMembers.Field field) {
    this.field = field;
  }

  @Override
  public TermsEnum iterator() {
    return new InOrder(field);
  }

  private static final class InOrder extends BaseTermsEnum {
    private final NewMembers.Field field;
    private int at = -1;

    InOrder(NewMembers.Field field) {
      this.field = field;
    }

    @Override
    public @Nullable BytesRef next() {
      return ++at < field.terms().size() ? term() : null;
    }

    @Override
    public BytesRef term() {
      return field.terms().get(at).bytes();
    }

    @Override
    public long ord() {
      return at;
    }

    @Override
    public int docFreq() {
      NewMembers.Term term = field.terms().get(at);
      return term.to() - term.from();
    }

    @Override
    public long totalTermFreq() {
      return docFreq();
    }

    @Override
    public PostingsEnum postings(@Nullable PostingsEnum reuse, int flags) {
      Docs docs = reuse instanceof Docs before ? before : new Docs();
      docs.begin(field.terms().get(at));
      return docs;
    }

    @Override
    public ImpactsEnum impacts(int flags) {
      throw readThrough();
    }

    @Override
    public SeekStatus seekCeil(BytesRef text) {
      throw readThrough();
    }

    @Override
    public void seekExact(long ord) {
      throw readThrough();
    }

    private static UnsupportedOperationException readThrough() {
      return new UnsupportedOperationException("new members are only read through");
    }
  }

  private static final class Docs extends PostingsEnum {
    private int[] docs = {};
    private int next;
    private int to;
    private int doc;
    private int count;

    void begin(NewMembers.Term term) {
      docs = term.docs();
      next = term.from();
      to = term.to();
      count = to - next;
      doc = -1;
    }

    @Override
    public int nextDoc() {
      doc = next < to ? docs[next++] : NO_MORE_DOCS;
      return doc;
    }

    @Override
    public int docID() {
      return doc;
    }

    @Override
    public int advance(int target) {
      int found = nextDoc();
      while (found < target) {
        found = nextDoc();
      }
      return found;
    }

    @Override
    public long cost() {
      return count;
    }

    @Override
    public int freq() {
      return 1;
    }

    @Override
    public int nextPosition() {
      return -1;
    }

    @Override
    public int startOffset() {
      return -1;
    }

    @Override
    public int endOffset() {
      return -1;
    }

    @Override
    public @Nullable BytesRef getPayload() {
      return null;
    }
  }

  @Override
  public long size() {
    return field.terms().size();
  }

  @Override
  public long getSumTotalTermFreq() {
    return getSumDocFreq();
  }

  @Override
  public long getSumDocFreq() {
    return field.terms().stream().mapToLong(term -> term.to() - term.from()).sum();
  }

  @Override
  public int getDocCount() {
    return field.docCount();
  }

  @Override
  public boolean hasFreqs() {
    return false;
  }

  @Override
  public boolean hasOffsets() {
    return false;
  }

  @Override
  public boolean hasPositions() {
    return false;
  }

  @Override
  public boolean hasPayloads() {
    return false;
  }
}
