package service

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// asStreams returns the service with each unary method as a stream of responses
// that has one, which is the same to clients. gRPC reads the request of a unary
// method before it asks any of our code; that of a stream it reads when the
// method asks for it. So a call without a valid token costs no memory.
func asStreams(desc grpc.ServiceDesc) *grpc.ServiceDesc {
	for _, m := range desc.Methods {
		desc.Streams = append(desc.Streams[:len(desc.Streams):len(desc.Streams)], grpc.StreamDesc{
			StreamName:    m.MethodName,
			ServerStreams: true, // else gRPC would not call the interceptor
			Handler: func(srv any, stream grpc.ServerStream) error {
				response, err := m.Handler(srv, stream.Context(), stream.RecvMsg, nil)
				if err != nil {
					return err
				}
				return stream.SendMsg(response)
			},
		})
	}
	desc.Methods = nil
	return &desc
}

// A guarded stream says what is wrong with messages, and notices a client that
// does not go on.
type guarded struct {
	grpc.ServerStream
	limits  Limits
	one     bool       // the client sends one message, and at once
	stalled chan error // gets the status for a client that does not go on
}

// RecvMsg reads a message.
func (g *guarded) RecvMsg(m any) error {
	if g.one {
		defer g.watch("sent the request").Stop()
	}
	var raw undecoded
	err := g.ServerStream.RecvMsg(&raw)
	if status.Code(err) == codes.ResourceExhausted {
		// The client has been told, in gRPC's words, which have the number.
		return &limitError{"--max-message-bytes", status.Newf(codes.ResourceExhausted,
			"the message is longer than %d bytes, the limit (--max-message-bytes)", g.limits.MessageBytes)}
	}
	if err != nil {
		return err
	}
	if err := raw.decode(m.(proto.Message)); err != nil {
		return status.Errorf(codes.InvalidArgument, "the message makes no sense: %v", err)
	}
	return nil
}

// SendMsg writes a message.
func (g *guarded) SendMsg(m any) error {
	defer g.watch("taken the response").Stop()
	return g.ServerStream.SendMsg(m)
}

// watch ends the call unless the timer is stopped in time.
func (g *guarded) watch(what string) *time.Timer {
	return time.AfterFunc(g.limits.Stall, func() {
		err := &limitError{"--max-stall", status.Newf(codes.DeadlineExceeded,
			"the client has not %s for %v, the limit (--max-stall)", what, g.limits.Stall)}
		select {
		case g.stalled <- err:
		default: // it has been said
		}
	})
}

// A limitError is a refusal because of a limit.
type limitError struct {
	limit  string // the flag
	status *status.Status
}

func (e *limitError) Error() string { return e.status.Err().Error() }

// GRPCStatus is what the client gets.
func (e *limitError) GRPCStatus() *status.Status { return e.status }

// beyond returns the refusal of something beyond a limit.
func beyond(limit, format string, args ...any) error {
	return &limitError{limit, status.Newf(codes.ResourceExhausted, format, args...)}
}
