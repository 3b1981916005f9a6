// Package kernel holds the vector loops that dominate a profile, one file per
// topic. The portable loop is the definition of each.
package kernel
