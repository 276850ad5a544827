package remote

import (
	"context"
	"errors"
	"fmt"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/client"
	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// overhead is the room in a batch, in bytes, that a blob takes beside itself.
const overhead = 256

// readBlobs returns blobs in the order of their digests, each checked. An error
// has the code NotFound if one of them is not there, and is a *wrongBlob if one
// is not what it should be.
func readBlobs(ctx context.Context, c *client.Client, digests []digest.Digest) (map[digest.Digest][]byte, error) {
	blobs := map[digest.Digest][]byte{}
	for _, batch := range batches(digests, int64(c.MaxBatchSize)) {
		if err := readBatch(ctx, c, batch, blobs); err != nil {
			return nil, err
		}
	}
	for d, data := range blobs {
		if got := digest.NewFromBlob(data); got != d {
			return nil, &wrongBlob{want: d, got: got}
		}
	}
	return blobs, nil
}

// A wrongBlob says that a server gave something else than what it was asked
// for.
type wrongBlob struct{ want, got digest.Digest }

func (e *wrongBlob) Error() string { return fmt.Sprintf("the server sent %v for %v", e.got, e.want) }

func readBatch(ctx context.Context, c *client.Client, batch []digest.Digest, blobs map[digest.Digest][]byte) error {
	if len(batch) == 1 && batch[0].Size+overhead > int64(c.MaxBatchSize) {
		data, _, err := c.ReadBlob(ctx, batch[0])
		blobs[batch[0]] = data
		return err
	}
	req := &repb.BatchReadBlobsRequest{InstanceName: c.InstanceName}
	for _, d := range batch {
		if d.Size == 0 {
			blobs[d] = nil
			continue
		}
		req.Digests = append(req.Digests, d.ToProto())
	}
	if len(req.GetDigests()) == 0 {
		return nil
	}
	resp, err := c.BatchReadBlobs(ctx, req)
	if err != nil {
		return err
	}
	for _, r := range resp.GetResponses() {
		if err := status.FromProto(r.GetStatus()).Err(); err != nil {
			return err
		}
		blobs[digest.Digest{Hash: r.GetDigest().GetHash(), Size: r.GetDigest().GetSizeBytes()}] = r.GetData()
	}
	for _, d := range batch {
		if _, ok := blobs[d]; !ok {
			return status.Errorf(codes.NotFound, "the server sent nothing for %v", d)
		}
	}
	return nil
}

// writeBlobs writes blobs whether they are there or not: one that is may be
// damaged.
func writeBlobs(ctx context.Context, c *client.Client, blobs map[digest.Digest][]byte) error {
	digests := make([]digest.Digest, 0, len(blobs))
	for d := range blobs {
		digests = append(digests, d)
	}
	var errs []error
	for _, batch := range batches(digests, int64(c.MaxBatchSize)) {
		errs = append(errs, writeBatch(ctx, c, batch, blobs))
	}
	return errors.Join(errs...)
}

func writeBatch(ctx context.Context, c *client.Client, batch []digest.Digest, blobs map[digest.Digest][]byte) error {
	if len(batch) == 1 && batch[0].Size+overhead > int64(c.MaxBatchSize) {
		_, err := c.WriteBlob(ctx, blobs[batch[0]])
		return err
	}
	req := &repb.BatchUpdateBlobsRequest{InstanceName: c.InstanceName}
	for _, d := range batch {
		if d.Size > 0 {
			req.Requests = append(req.Requests, &repb.BatchUpdateBlobsRequest_Request{Digest: d.ToProto(), Data: blobs[d]})
		}
	}
	if len(req.GetRequests()) == 0 {
		return nil
	}
	resp, err := c.BatchUpdateBlobs(ctx, req)
	if err != nil {
		return err
	}
	for _, r := range resp.GetResponses() {
		if err := status.FromProto(r.GetStatus()).Err(); err != nil {
			return err
		}
	}
	return nil
}

// batches divides digests into lists whose blobs have at most limit bytes
// together. A blob that is too large is alone.
func batches(digests []digest.Digest, limit int64) [][]digest.Digest {
	var all [][]digest.Digest
	var size int64
	for _, d := range digests {
		need := d.Size + overhead
		if len(all) == 0 || size+need > limit || len(all[len(all)-1]) == client.DefaultMaxBatchDigests {
			all, size = append(all, nil), 0
		}
		all[len(all)-1] = append(all[len(all)-1], d)
		size += need
	}
	return all
}
